"""Whether a reference service answers, found out beside everything else that happens."""

import logging
import threading

from enformer.coordinates import Interval
from enformer.errors import EnformerLensError

LOG = logging.getLogger(__name__)


class Probe:
    """Asks a reference service for twenty bases, in a thread of its own."""

    def __init__(self) -> None:
        self.answered: bool | None = None
        self._thread = threading.Thread(target=self._ask, name="probe", daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        from enformer.remote_genome import RemoteGenome

        try:
            RemoteGenome().fetch(Interval("chr11", 5_226_999, 5_227_019))
            self.answered = True
        except EnformerLensError as error:
            LOG.info("no reference service answers: %s", error)
            self.answered = False

    def wait(self, patience: float) -> bool | None:
        """The answer, or None when there is none after so many seconds."""
        self._thread.join(patience)
        return self.answered
