Written by hand in the form that github/gh-aw writes aw_info.json.
