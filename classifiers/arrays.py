"""Names for the array types in signatures; imported for type checking only, so it costs nothing."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Bools = NDArray[np.bool_]
Columns = NDArray[np.intp]
