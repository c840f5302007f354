"""The YAML parser's complaints in people's words, each with what usually mends it."""

from __future__ import annotations

_AT_CHARACTER = {
    "\t": ("a tab cannot indent", "use spaces"),
    "@": ("text cannot begin with @", "quote it"),
    "`": ("text cannot begin with a backtick", "quote it"),
    "%": ("text cannot begin with %", "quote it"),
}
_PARTS = (
    ("tab character", "a tab cannot indent", "use spaces"),
    (
        "mapping values are not allowed",
        "a ':' cannot stand here",
        "quote text that holds ': ', or check the indentation",
    ),
    ("block sequence entries are not", "a list item cannot stand here", "put it on its own line, indented"),
    ("could not find expected ':'", "a key without its ':'", "write KEY: VALUE; quote text that spans lines"),
    ("unexpected end of stream", "a quote is opened and never closed", "close it"),
    ("unexpected document indicator", "a quote is opened and not closed before --- or ...", "close it"),
    ("did not find expected key", "this does not continue the mapping above", "check indentation and quotes"),
    ("expected '-' indicator", "this does not continue the list above", "begin it with '- ', or check the indentation"),
    ("expected ',' or '}'", "a { } mapping is not closed", "separate with commas and close it with }"),
    ("expected ',' or ']'", "a [ ] list is not closed", "separate with commas and close it with ]"),
    ("expected node content", "a value is missing here", "quote text that begins with a special character"),
    ("<document start>", "nothing may follow the document", "check the indentation"),
    ("unknown escape character", "this backslash escape is not known", "in double quotes write \\\\ for a backslash"),
    ("hexdecimal", "this escape needs hexadecimal digits", "write \\xHH, \\uHHHH or \\UHHHHHHHH"),
    ("Unicode character escape", "this escape is not a character", ""),
    ("comment or line break", "after | or > only - + or a digit may stand", "begin the text on the next line"),
    ("undefined tag handle", "tags (!…) are not used here", "quote text that begins with !"),
    ("alias", "aliases and anchors (* and &) are not used here", "quote text that begins with * or &"),
    ("anchor", "aliases and anchors (* and &) are not used here", "quote text that begins with * or &"),
    ("directive", "directives (%) are not used here", "quote text that begins with %"),
)


def in_words(problem: str, context: str, character: str) -> tuple[str, str]:
    """Message and hint for what the parser said of the character where it stopped."""
    if "cannot start any token" in problem and character in _AT_CHARACTER:
        return _AT_CHARACTER[character]
    for said in (problem, context):
        for part, message, hint in _PARTS:
            if part in said:
                return message, hint
    return f"this is not YAML: {problem or context}", "check quotes and indentation"
