"""Questions put to a server over HTTP: by wrk, whose own work is next to nothing, or by Python's http.client."""

import http.client
import json
import os
import re
import struct
import subprocess

# Each connection goes on where the last question of any was; bodies are read once, as lengths and bytes.
SCRIPT = """
local file = assert(io.open(%(bodies)r, "rb"))
local text = file:read("*a")
file:close()
local requests, place, next = {}, 1, 0
function init(args)
   local headers = {["content-type"] = %(type)r}
   while place <= #text do
      local a, b, c, d = text:byte(place, place + 3)
      local length = a + 256 * b + 65536 * c + 16777216 * d
      requests[#requests + 1] = wrk.format("POST", %(path)r, headers, text:sub(place + 4, place + 3 + length))
      place = place + 4 + length
   end
end
function request()
   next = next %% #requests + 1
   return requests[next]
end
"""


def by_wrk(peer, setting, queries, connections, seconds, folder):
    """Questions a second, with so many connections that each wait for an answer."""
    file, script = (os.path.join(folder, name) for name in ("bodies", "ask.lua"))
    path, media_type, _ = peer.request(setting, queries[0])
    with open(file, "wb") as out:
        for query in queries:
            body = peer.request(setting, query)[2]
            out.write(struct.pack("<I", len(body)) + body)
    with open(script, "w") as out:
        out.write(SCRIPT % {"bodies": file, "type": media_type, "path": path})
    printed = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, f"http://127.0.0.1:{peer.port}"],
        check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in printed or "Socket errors" in printed:
        raise RuntimeError(printed)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1])


def asker(peer, setting):
    """Asks by a connection of its own, and gives back the reply as it was decoded."""
    connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=60)

    def ask(query):
        path, media_type, body = peer.request(setting, query)
        connection.request("POST", path, body, {"content-type": media_type})
        reply = connection.getresponse()
        body = reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{reply.status}: {body[:200]}")
        return json.loads(body)
    return ask
