#!/usr/bin/env python3
"""A small client of Thermocline's HTTP API, with nothing but Python's standard library. Copy it, or run it:

    export THERMOCLINE_URL=http://127.0.0.1:8000      # and THERMOCLINE_API_KEY where keys are required
    python3 docs/client.py ask "npm install hangs behind a proxy"
    python3 docs/client.py add "printer is on fire" "extinguish it" --category office --tag printer
    python3 docs/client.py bulk items.ndjson
    python3 docs/client.py export > all.ndjson
    python3 docs/client.py vote 235 yes "npm install hangs behind a proxy"
    python3 docs/client.py health
"""

import argparse
import json
import os
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PREFIX = "/api/v1"


class ThermoclineError(Exception):
    """An error as the server says it; `code` is for programs, `request_id` finds the request in the server's log."""

    def __init__(self, status, headers, body):
        try:
            error = json.loads(body)["error"]
        except (ValueError, KeyError, TypeError):
            error = {}
        self.status = status
        self.code = error.get("code", f"HTTP_{status}")
        self.message = error.get("message", "no reply of this API")
        self.details = error.get("details", {})
        self.request_id = error.get("request_id", headers.get("X-Request-ID"))
        wait = headers.get("Retry-After", "")
        self.retry_after = int(wait) if wait.isdigit() else None
        super().__init__(f"{status} {self.code}: {self.message} (request {self.request_id})")


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """A redirection would carry the key to where nobody has sent it."""

    def redirect_request(self, *_):
        return None


class Client:
    def __init__(self, url, api_key=None, deadline=30.0, attempts=4):
        """`deadline`, in seconds, is for a call with all its attempts and pauses; streams have none."""
        self.url = url.rstrip("/") + PREFIX
        self.api_key = api_key
        self.deadline = deadline
        self.attempts = attempts
        self.opener = urllib.request.build_opener(_NoRedirection)

    def ask(self, text, **options):
        """The reply to a question; options are the API's: top_k, category, tags, min_score, explain, …"""
        return self._call("POST", "/troubleshoot", {"text": text, **options})

    def put(self, issue, resolution, category=None, tags=()):
        """Stores an item, or replaces the one with this issue."""
        item = {"issue": issue, "resolution": resolution, "tags": list(tags)}
        if category:
            item["category"] = category
        return self._call("POST", "/knowledge", item)

    def item(self, item_id):
        return self._call("GET", "/knowledge/" + urllib.parse.quote(item_id, safe=""))

    def change(self, item_id, fields, version=None):
        """Changes single fields, if the item still has this version; without one, whatever it has."""
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        path = "/knowledge/" + urllib.parse.quote(item_id, safe="")
        return self._call("PATCH", path, fields, headers, repeatable=version is None)

    def bulk(self, items):
        """Sends items as they come, never all at once. Returns the summary and the lines that failed."""
        lines = ((json.dumps(item) + "\n").encode() for item in items)
        with self._open("POST", "/knowledge/bulk", lines, {"Content-Type": "application/x-ndjson"}, None) as reply:
            replies = [json.loads(line) for line in reply]
        if not replies or "summary" not in replies[-1]:
            raise ConnectionError("the reply was broken off")
        return replies[-1]["summary"], replies[:-1]

    def export(self):
        """All items as of one moment, one after the other."""
        with self._open("GET", "/knowledge/export", None, {}, None) as reply:
            for line in reply:
                yield json.loads(line)

    def vote(self, item_id, helpful, question):
        return self._call("POST", "/feedback", {"item_id": item_id, "helpful": helpful, "query": question})

    def health(self):
        try:
            return self._call("GET", "/health", repeatable=False)
        except ThermoclineError as error:
            return {"overall_status": "unhealthy", "error": error.message}

    def _call(self, method, path, body=None, headers=None, repeatable=True):
        headers = dict(headers or {})
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        end = time.monotonic() + self.deadline
        for attempt in range(1, self.attempts + 1):
            try:
                with self._open(method, path, data, headers, max(0.001, end - time.monotonic())) as reply:
                    return json.load(reply)
            except ThermoclineError as error:
                # A refusal has changed nothing, so every call may be repeated after one.
                if error.status not in (429, 503):
                    raise
                failure, wait = error, error.retry_after
            except (OSError, ValueError) as error:
                # It may have been done: only what may be done twice is repeated.
                if not repeatable:
                    raise
                failure, wait = error, None
            if wait is None:
                pause = min(5.0, 0.1 * 2 ** (attempt - 1)) * random.uniform(0.5, 1)
            else:
                pause = wait + random.uniform(0, max(0.1, wait / 10))
            if attempt == self.attempts or time.monotonic() + pause >= end:
                raise failure
            time.sleep(pause)

    def _open(self, method, path, data, headers, timeout):
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        if self.api_key:
            request.add_header("X-API-Key", self.api_key)
        try:
            return self.opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            with error:
                raise ThermoclineError(error.code, error.headers, error.read()) from None


def main():
    parser = argparse.ArgumentParser(description="Talks to a Thermocline server.")
    parser.add_argument("--url", default=os.environ.get("THERMOCLINE_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--api-key", default=os.environ.get("THERMOCLINE_API_KEY"))
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask")
    ask.add_argument("text")
    add = commands.add_parser("add")
    add.add_argument("issue")
    add.add_argument("resolution")
    add.add_argument("--category")
    add.add_argument("--tag", action="append", default=[])
    bulk = commands.add_parser("bulk")
    bulk.add_argument("file")
    commands.add_parser("export")
    vote = commands.add_parser("vote")
    vote.add_argument("item")
    vote.add_argument("helpful", choices=["yes", "no"])
    vote.add_argument("question")
    commands.add_parser("health")
    arguments = parser.parse_args()

    client = Client(arguments.url, arguments.api_key)
    if arguments.command == "ask":
        reply = client.ask(arguments.text)
        for result in reply["results"]:
            print(f"{result['similarity_score']:.4f} {result['issue']}\n       {result['resolution']}")
        print(f"from {reply['routing_info']['tier_used']} in {reply['search_time_ms']} ms")
    elif arguments.command == "add":
        stored = client.put(arguments.issue, arguments.resolution, arguments.category, arguments.tag)
        print(f"{stored['message']}: {stored['id']}, version {stored['version']}")
    elif arguments.command == "bulk":
        with open(arguments.file, encoding="utf-8") as file:
            summary, failed = client.bulk(json.loads(line) for line in file if line.strip())
        for line in failed:
            print(f"line {line['line']}: {line['error']['message']}", file=sys.stderr)
        print(json.dumps(summary))
        return 1 if failed else 0
    elif arguments.command == "export":
        for item in client.export():
            print(json.dumps(item, ensure_ascii=False))
    elif arguments.command == "vote":
        print(client.vote(arguments.item, arguments.helpful == "yes", arguments.question)["message"])
    elif arguments.command == "health":
        health = client.health()
        print(health["overall_status"])
        return 0 if health["overall_status"] != "unhealthy" else 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ThermoclineError, OSError) as error:
        sys.exit(f"client.py: {error}")
