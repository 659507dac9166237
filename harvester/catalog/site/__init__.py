"""The catalog as a web page of static files: data packed for the browser, and the page that searches it.

``pack`` writes the data, ``nearby`` finds similar papers and lays out the map, ``files`` puts the site together.
The page itself is in ``templates/`` and ``static/``: plain JavaScript modules, no build step, nothing from elsewhere.
"""
