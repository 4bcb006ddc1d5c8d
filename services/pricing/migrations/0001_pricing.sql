CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE tax_rates (
    id TEXT PRIMARY KEY,
    country TEXT NOT NULL,
    region TEXT NOT NULL, -- empty: the whole country
    name TEXT NOT NULL,
    rate_ppm BIGINT NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
    on_shipping BIGINT NOT NULL,
    UNIQUE (country, region)
);

CREATE TABLE shipping_methods (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL -- PutShippingMethod as JSON
);

-- A day gets its row with its first booking, or when staff change its capacity.
CREATE TABLE delivery_days (
    date TEXT PRIMARY KEY,
    capacity BIGINT, -- NULL: the default from the settings
    booked BIGINT NOT NULL CHECK (booked >= 0)
);

-- Released bookings stay: they stop a booking that is still on its way.
CREATE TABLE slot_bookings (
    reference TEXT PRIMARY KEY,
    date TEXT, -- NULL: released before it was booked
    released_at BIGINT,
    created_at BIGINT NOT NULL
);
