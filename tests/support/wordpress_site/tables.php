<?php
// tables.php SOCKET TABLE...: prints all rows of each table as JSON, every value a string or null.
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$db = new mysqli('localhost', 'root', '', 'wordpress', 0, $argv[1]);
$db->set_charset('utf8mb4');
$rows = array();
foreach (array_slice($argv, 2) as $table) {
    $rows[$table] = $db->query("SELECT * FROM `$table`")->fetch_all(MYSQLI_ASSOC);
}
echo json_encode($rows, JSON_INVALID_UTF8_SUBSTITUTE);
