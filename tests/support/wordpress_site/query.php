<?php
// query.php SOCKET < SQL: one statement; prints its rows as JSON, every value a string or null.
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$db = new mysqli('localhost', 'root', '', 'wordpress', 0, $argv[1]);
$db->set_charset('utf8mb4');
$result = $db->query(stream_get_contents(STDIN));
echo json_encode($result === true ? array() : $result->fetch_all(MYSQLI_ASSOC), JSON_INVALID_UTF8_SUBSTITUTE);
