// What is said about a piece, beside a preview of its text.
import "./names.js";
import "./preview.js";
