<?php
// Names what a file on standard input uses that PHP 7.4 does not have, one a line, by PHP's own
// tokens. What WordPress 6.1 brings along (str_contains and its like) is there.
const NEWER_TOKENS = array('T_MATCH', 'T_NULLSAFE_OBJECT_OPERATOR', 'T_ATTRIBUTE', 'T_ENUM', 'T_READONLY');
const NEWER_TYPES = array('mixed', 'never', 'static', 'false', 'null', 'true');
const NEWER_NAMES = array(
    'get_debug_type', 'get_resource_id', 'fdiv', 'preg_last_error_msg', 'array_is_list', 'fsync',
    'fdatasync', 'json_validate', 'mb_str_pad', 'array_find', 'array_find_key', 'array_any', 'array_all',
    'mb_trim', 'mb_ucfirst', 'WeakMap', 'Stringable', 'ValueError', 'UnhandledMatchError',
);

$blank = array('T_WHITESPACE', 'T_COMMENT', 'T_DOC_COMMENT');
$all = PhpToken::tokenize(stream_get_contents(STDIN), TOKEN_PARSE);
$tokens = array_values(array_filter($all, fn ($one) => !in_array($one->getTokenName(), $blank, true)));
$name = fn ($at) => isset($tokens[$at]) ? $tokens[$at]->getTokenName() : '';
$text = fn ($at) => isset($tokens[$at]) ? $tokens[$at]->text : '';
$found = array();
$note = function ($what, $at) use (&$found, $tokens) {
    $found[] = "line {$tokens[$at]->line}: $what";
};

/** Where the bracket that opens at $at is closed. */
$close = function ($at) use ($tokens, $text) {
    for ($depth = 0; $at < count($tokens); $at++) {
        $depth += in_array($text($at), array('(', '['), true) - in_array($text($at), array(')', ']'), true);
        if (!$depth) {
            return $at;
        }
    }
};

foreach ($tokens as $at => $token) {
    $before = $text($at - 1);
    if (in_array($name($at), NEWER_TOKENS, true)) {
        $note($token->text, $at);
    }
    if (in_array($token->text, NEWER_NAMES, true) && '->' !== $before && '::' !== $before) {
        $note($token->text, $at);
    }
    if ('T_STRING' === $name($at) && ':' === $text($at + 1) && in_array($before, array('(', ','), true)) {
        $note('a named argument', $at);
    }
    if ('T_CATCH' === $name($at) && ')' === $text($close($at + 1)) && 'T_VARIABLE' !== $name($close($at + 1) - 1)) {
        $note('catch without a variable', $at);
    }
    if ('T_THROW' === $name($at) && !in_array($before, array(';', '{', '}', ':', ')', 'else'), true)) {
        $note('throw as an expression', $at);
    }
    if ('(' === $before && '...' === $token->text && ')' === $text($at + 1)) {
        $note('a callable by (...)', $at);
    }
    if ('T_VARIABLE' === $name($at) && '::' === $text($at + 1) && 'class' === $text($at + 2)) {
        $note('::class of an object', $at);
    }
    if (in_array($name($at), array('T_FUNCTION', 'T_FN'), true)) {
        $open = $at + 1;
        while ('(' !== $text($open)) {
            $open++;
        }
        $end = $close($open);
        if (',' === $text($end - 1)) {
            $note('a comma behind the last parameter', $end);
        }
        for ($in = $open + 1, $is_type = true; $in < $end; $in++) {
            $is_type = (',' === $text($in) || $is_type) && 'T_VARIABLE' !== $name($in);
            if (in_array($text($in), array('public', 'protected', 'private'), true)) {
                $note('a property made by a parameter', $in);
            }
            if ($is_type && ('|' === $text($in) || in_array(strtolower($text($in)), NEWER_TYPES, true))) {
                $note('a newer type', $in);
            }
        }
        for ($in = $end + 1; ':' === $text($end + 1) && !in_array($text($in), array('{', ';', '=>'), true); $in++) {
            if ('|' === $text($in) || in_array(strtolower($text($in)), NEWER_TYPES, true)) {
                $note('a newer type', $in);
            }
        }
    }
}
echo implode("\n", $found);
