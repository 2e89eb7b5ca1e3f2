"""What one visitor, and all visitors together, may ask of the machine.

Every limit is checked on the server, whatever the widgets of the page allow.
"""

SESSIONS = 60
"""Visitors at once; one more gets a page that says so."""
UNUSED_SESSION_MS = 300_000
"""Milliseconds that a page's session waits for its browser to connect."""
TOKEN_SECONDS = 3_600
"""Seconds in which a browser may connect; after the session was dropped it gets a new one."""
CHECK_SESSIONS_MS = 3_000
"""Milliseconds between two looks for sessions to drop."""
MESSAGE_BYTES = 2_000_000
"""Longest message a browser may send."""
PING_SECONDS = 30
"""Seconds between two questions whether a browser is still there, and to wait for the answer."""
IDLE_SECONDS = 15
"""Seconds to wait for a whole request, its body, or the next request."""
HEADER_BYTES = 64_000
"""Longest headers of a request."""
BODY_BYTES = 64_000
"""Longest body of a request; the page itself sends none."""
BUFFER_BYTES = 4_000_000
"""Most that is held of what one connection sends; more than a message."""
UPLOAD_BYTES = 64_000
"""Longest scenario that may be loaded."""
ADDRESS_CHARACTERS = 8_000
"""Longest query string that is read."""
ADDRESS_FIELDS = 120
"""Most fields of a query string that are read."""
VALUE_CHARACTERS = 3_000
"""Longest value of one field of the address."""
QUEUE = 16
"""Jobs one visitor may have waiting."""
THREADS = 4
"""Most threads that work for all visitors; never more than processors."""
REPLICATES = 200
"""Most runs of a scenario that one request may ask for."""
CASE_RUNS = 60
"""Runs of one place's history in the tab Two cases."""
MONTHS = 480
"""Most months of a run that is shown."""
MONTHS_AT_ONCE = 12
"""Months the worker runs for one visitor before it turns to the next."""
FRAME_BYTES = 24_000_000
"""Most memory for the recorded months of one visitor's world."""
MONTHS_A_SECOND = 25
"""Fastest speed at which a world is shown."""
HIGHEST_SEED = 999_999
"""Highest seed that may be asked for on the page."""
INTERVENTIONS = 40
"""Most interventions of a scenario that the page runs."""
BASELINES = 8
"""Baselines whose runs are kept for all visitors."""
NOTICE_CHARACTERS = 400
"""Longest notice shown."""
CLASSES = 8
"""Classes at once; one more teacher is asked to try again later."""
CLASS_STUDENTS = 60
"""Students of one class."""
CLASS_SECONDS = 10_800
"""Seconds after which a class ends by itself."""
CLASS_UNLED_SECONDS = 600
"""Seconds after which a class ends whose teacher's page is gone."""
CLASS_SILENT_SECONDS = 60
"""Seconds after which a student whose page is gone makes room for another, in a full class."""
CLASS_BODY_BYTES = 1_000
"""Longest request of a teacher's or student's page."""
