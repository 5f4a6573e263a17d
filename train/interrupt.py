"""Being asked to stop: Ctrl-C, or SIGTERM as schedulers send it before they kill."""

import signal
import threading
from types import FrameType, TracebackType


class Stopped(Exception):
    """A run was asked to stop, and has stored what it needs to go on."""

    def __init__(self, number: int, step: int) -> None:
        """Signal `number` came; `step` steps are done."""
        self.number, self.step = number, step
        super().__init__(f"Stopped after step {step:,}. Run the same command again to go on.")


class Interruption:
    """While it is entered, a signal is only noted; a second one of Ctrl-C is no longer waited for."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.number = 0
        self._before: dict[int, object] = {}

    def __enter__(self) -> "Interruption":
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in self.SIGNALS}
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.number = number
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # pyright: ignore[reportArgumentType]
