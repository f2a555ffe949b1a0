"""A command that reports progress and then behaves as it is told: a stand-in for `nsg`.

Usage: child.py finish|die|hang|wait|noise
"""

import json
import signal
import sys
import time


def tell(event: str, step: int, **values: object) -> None:
    line = {"event": event, "step": step, "total": 5} | values
    print(json.dumps(line), flush=True)


def main(manner: str) -> int:
    if manner == "hang":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    tell("start", 0)
    for step in range(1, 6):
        tell("step", step, eta_s=5.0 - step, loss=1 / step, psnr=10.0 + step)
    tell("checkpoint", 5, path="run/last.safetensors")
    if manner == "noise":
        print("a library says hello", flush=True)
    if manner == "die":
        print("error: no such data", file=sys.stderr, flush=True)
        return 2
    if manner in ("hang", "wait"):
        try:
            time.sleep(120)
        except KeyboardInterrupt:
            tell("done", 5, reason="interrupted")
            return 130
    tell("done", 5, reason="finished")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
