Written by hand in the form that version 2 of mini-swe-agent saves, as its own tests have it.
