"""Arrays in, arrays out: numpy and scipy only.

Time is the leading axis; lanes (draws, scenarios) are the last one.
"""

import numpy as _np

# The arrays of a block of draws are some megabytes each. By default glibc gives memory of that size back to the
# system at every release and takes it page by page again, which costs a list a quarter of its time. Releasing one
# large array (never written to, so it costs nothing) raises that threshold for good; elsewhere nothing happens.
_np.empty(2**25 - 2**16, dtype=_np.uint8)
