-- SPDX-License-Identifier: Apache-2.0
-- For wrk: says in one line what bench/lib/load.sh reads.   wrk -s wrk.lua URL -- [upload BYTES]
function init(args)
  if args[1] == "upload" then
    wrk.method = "POST"
    wrk.body = string.rep("x", tonumber(args[2]))
  end
end

-- requests, microseconds, bytes, errors, then latencies in microseconds: p50, p99, p99.9, largest
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max))
end
