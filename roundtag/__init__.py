"""The library that holds every rule of Roundtag. It imports neither flask, click nor jinja2."""
