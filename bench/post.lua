-- SPDX-License-Identifier: Apache-2.0
-- A chat request of one kilobyte, as an SDK sends it.
local words = string.rep("Please tell the bench something about swifts. ", 19)
wrk.method = "POST"
wrk.body = '{"model":"bench","messages":[{"role":"system","content":"You are brief."},'
    .. '{"role":"user","content":"' .. words .. '"}],"temperature":0.7}'
wrk.headers["content-type"] = "application/json"
wrk.headers["accept"] = "application/json"
wrk.headers["user-agent"] = "OpenAI/Python 2.54.0"
wrk.headers["authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

-- The last lines are read by bench.py.
done = function(summary, latency)
    local failed = summary.errors.connect + summary.errors.read + summary.errors.write
        + summary.errors.timeout
    io.write(string.format("BENCH %d %d %d %d %d\n", summary.requests, summary.duration,
        summary.errors.status, failed, latency:percentile(99)))
end
