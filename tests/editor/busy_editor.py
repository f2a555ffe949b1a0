"""An editor without a window that edits without end, and says how often it did."""

import time

from nsg_editor.effects.autosave import Autosave
from nsg_editor.store import Store
from tests.editor.scenes import start_state


def main() -> None:
    store = Store(start_state())
    keeper = Autosave(store)
    count = 0
    while True:
        count += 1
        store.dispatch("move", track=0, by=(0.01 * count, 0.0, 0.0))
        print(count, flush=True)
        keeper.tick()
        time.sleep(0.005)


if __name__ == "__main__":
    main()
