"""The exception tree of the classifiers.

ClassifierError         something failed and is named
├── TaxonomyError       taxonomy.toml cannot be read or contradicts itself
├── EncoderError        the text encoder is missing or is not the one it claims to be
├── ModelError          a model folder is missing, tampered with or made for something else
└── InputError          papers or labels that cannot be used

Every message is one plain sentence that names the file and the remedy; the command line prints it unchanged.
"""


class ClassifierError(Exception):
    """Something failed and is named."""


class TaxonomyError(ClassifierError):
    """The taxonomy file cannot be read or contradicts itself."""


class EncoderError(ClassifierError):
    """The text encoder is missing or is not the one it claims to be."""


class ModelError(ClassifierError):
    """A model folder is missing, tampered with, or was made for another taxonomy or encoder."""


class InputError(ClassifierError):
    """Papers or labels that cannot be used."""
