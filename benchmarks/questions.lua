-- For wrk: posts the bodies of a file one after the other, ends after a number of answers, prints figures.
--   wrk -s benchmarks/questions.lua URL -- FILE COUNT      (FILE: one JSON body a line; one thread only)

local bodies, total, asked, answered = {}, 0, 0, 0

function init(args)
  for line in io.lines(args[1]) do
    bodies[#bodies + 1] = line
  end
  total = tonumber(args[2])
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  asked = asked + 1
  return wrk.format(nil, nil, nil, bodies[(asked - 1) % #bodies + 1])
end

function response()
  answered = answered + 1
  if answered == total then
    -- wrk sleeps until its duration is over unless it is interrupted, and it does not hear that while
    -- it waits for a command; the few requests until then count like the others.
    os.execute("(sleep 0.05; kill -INT $PPID) &")
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    'figures {"requests": %d, "errors": %d, "seconds": %.4f, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, failed, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
