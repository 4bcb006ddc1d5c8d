CREATE TABLE books (
    id {{sequence}},
    title TEXT, -- NULL: /webapi/books allows it
    title_folded TEXT, -- as it is searched: no case, no accents
    authors TEXT NOT NULL, -- JSON: ["…", …]
    authors_folded TEXT NOT NULL,
    publisher TEXT,
    isbn TEXT, -- 13 digits
    language TEXT,
    year BIGINT,
    rating_hundredths BIGINT,
    cover_url TEXT,
    description TEXT,
    published BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX books_by_isbn ON books (isbn) WHERE isbn IS NOT NULL;
CREATE INDEX books_by_title ON books (title); -- for books without an ISBN that come again in an import
