-- The trace of the request that an e-mail was written for: handing it over is the last part of that.
ALTER TABLE emails ADD COLUMN traceparent TEXT;
