"""What `gh pr` does in our workflow, with the pull requests in the file $PULLS in place of a forge."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("group", choices=["pr"])
    asked.add_argument("action", choices=["list", "create", "edit"])
    asked.add_argument("number", nargs="?", type=int)
    for name in ("head", "base", "title", "body-file", "state", "json", "jq"):
        asked.add_argument(f"--{name}")
    given = asked.parse_args()
    file = Path(os.environ["PULLS"])
    pulls = json.loads(file.read_text()) if file.exists() else []
    if given.action == "list":
        found = [pull for pull in reversed(pulls) if pull["headRefName"] == given.head]
        found = [pull for pull in found if given.state in ("all", pull["state"].lower())]
        shown = [{key: pull[key] for key in given.json.split(",")} for pull in found]
        done = subprocess.run(["jq", "--raw-output", given.jq], input=json.dumps(shown), text=True, check=True)
        sys.exit(done.returncode)
    body = Path(given.body_file).read_text()
    if given.action == "create":
        pull = {"number": len(pulls) + 1, "state": "OPEN", "isCrossRepository": False, "headRefName": given.head}
        pulls.append(pull | {"baseRefName": given.base, "title": given.title, "body": body})
    else:
        (pull,) = [pull for pull in pulls if pull["number"] == given.number]
        pull["body"] = body
    file.write_text(json.dumps(pulls))


if __name__ == "__main__":
    main()
