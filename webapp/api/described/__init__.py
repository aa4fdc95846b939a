"""What the API's description says in words: fields, the values that they can have, examples."""
