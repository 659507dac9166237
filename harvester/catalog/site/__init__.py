"""The catalog as a website of static files: its pages, and data packed for the browser, which searches them.

``pages`` renders the HTML, ``pack`` writes the data, ``nearby`` finds similar papers and lays out the map, ``files``
puts the site together. Templates and scripts are in ``templates/`` and ``static/``: plain JavaScript modules, no build
step, nothing from elsewhere.
"""
