//! Which paths are whose: the whole store's address space on one page.

/// Whom a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// The process lives.
    Alive,
    /// Every service can do its work.
    Ready,
    /// Prometheus' metrics.
    Metrics,
    /// The API's documentation.
    Docs,
    /// Another client's files, at `/` instead of the shop's pages.
    Client,
    /// A service.
    Service(&'static Route),
    /// Nobody: services call each other there, nobody from outside does.
    Nowhere,
}

/// A part of the address space that belongs to a service.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// What its paths begin with.
    pub(crate) prefix: &'static str,
    /// Whose they are.
    pub(crate) service: &'static str,
    /// How large a body may be.
    pub(crate) body: BodyLimit,
    /// How long an answer may take, in seconds, where that is less than for all.
    pub(crate) seconds: Option<u32>,
    /// Whether the session's secret is the service's business; all others learn only whose it is.
    pub(crate) session: bool,
    /// Whether only a bearer token says who is calling, never a cookie; and one that is no good says that nobody is. Clients of
    /// the original send `Bearer null`, or a token that is over, also to sign in.
    pub(crate) bearer_only: bool,
}

/// How large a body may be. The larger limits are for staff; others are held to the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyLimit {
    Usual,
    Media,
    Import,
}

const fn api(prefix: &'static str, service: &'static str) -> Route {
    let (body, seconds, session, bearer_only) = (BodyLimit::Usual, None, false, false);
    Route { prefix, service, body, seconds, session, bearer_only }
}

/// What reads and writes rows, and waits for nobody outside.
const fn quick(prefix: &'static str, service: &'static str) -> Route {
    Route { seconds: Some(10), ..api(prefix, service) }
}

/// What the original's clients call.
const fn classic(prefix: &'static str, service: &'static str) -> Route {
    Route { bearer_only: true, ..api(prefix, service) }
}

/// The first match counts.
pub(crate) static ROUTES: &[Route] = &[
    Route { body: BodyLimit::Media, ..api("/api/v1/catalog/media", "catalog") },
    Route { body: BodyLimit::Import, ..api("/api/v1/catalog/imports", "catalog") },
    quick("/api/v1/catalog", "catalog"),
    Route { bearer_only: true, ..quick("/images", "catalog") },
    quick("/api/v1/carts", "cart"),
    quick("/api/v1/orders", "orders"),
    api("/api/v1/checkouts", "orders"),
    quick("/api/v1/pricing", "pricing"),
    quick("/api/v1/inventory", "inventory"),
    api("/api/v1/payments", "payments"),
    Route { session: true, ..api("/api/v1/identity", "identity") },
    quick("/api/v1/notifications", "notifications"),
    quick("/api/v1/books", "books"),
    quick("/api/v1/content", "content"),
    Route { bearer_only: true, ..quick("/webapi/books", "books") },
    Route { session: true, ..classic("/api/user", "classic") },
    Route { body: BodyLimit::Media, ..classic("/api/shop", "classic") },
    Route { body: BodyLimit::Media, session: true, ..api("/admin", "admin") },
];

/// Everything else is a page of the shop.
pub(crate) static SHOP: Route = Route { session: true, ..api("", "storefront") };

/// What a route is called in settings and metrics.
pub(crate) const fn name(route: &Route) -> &'static str {
    if route.prefix.is_empty() { "/" } else { route.prefix }
}

/// Whether settings may name it.
pub(crate) fn is_known(wanted: &str) -> bool {
    ROUTES.iter().chain([&SHOP]).any(|route| name(route) == wanted)
}

/// Finds whom a path is for.
pub(crate) fn target(path: &str) -> Target {
    if is_under(path, "/api") {
        let route = ROUTES.iter().find(|route| is_under(path, route.prefix));
        return route.map_or(Target::Nowhere, Target::Service);
    }
    match path {
        "/healthz" => Target::Alive,
        "/readyz" => Target::Ready,
        "/metrics" => Target::Metrics,
        _ if ["/images", "/webapi", "/admin"].iter().any(|prefix| is_under(path, prefix)) => {
            let route = ROUTES.iter().find(|route| is_under(path, route.prefix));
            route.map_or(Target::Nowhere, Target::Service)
        }
        _ if is_under(path, "/docs") => Target::Docs,
        _ if is_under(path, "/internal") => Target::Nowhere,
        _ => Target::Service(&SHOP),
    }
}

/// Addresses at which everyone of whom nothing is known sees the same, and which change nothing.
const FOR_EVERYONE: [&str; 13] = [
    "/api/v1/catalog/products",
    "/api/v1/catalog/categories",
    "/api/v1/catalog/collections",
    "/api/v1/catalog/search",
    "/api/v1/catalog/suggestions",
    "/images",
    "/c",
    "/collections",
    "/p",
    "/pages",
    "/theme.css",
    "/search",
    "/static",
];

/// Whether the cache may know a path. What it keeps of it is up to the answer.
pub(crate) fn is_for_everyone(path: &str) -> bool {
    matches!(path, "/" | "/sitemap.xml" | "/robots.txt")
        || FOR_EVERYONE.iter().any(|prefix| is_under(path, prefix))
}

pub(crate) fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(path: &str) -> &'static str {
        match target(path) {
            Target::Service(route) => route.service,
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn every_path_has_its_service() {
        for (path, name) in [
            ("/", "storefront"),
            ("/p/tea", "storefront"),
            ("/apiary", "storefront"),
            ("/imagesque", "storefront"),
            ("/administer", "storefront"),
            ("/admin", "admin"),
            ("/admin/orders/ord_1", "admin"),
            ("/internals", "storefront"),
            ("/images/ab/cd.webp", "catalog"),
            ("/api/v1/catalog/products", "catalog"),
            ("/api/v1/checkouts", "orders"),
            ("/api/v1/orders/ord_1/receipt", "orders"),
            ("/api/v1/identity/me", "identity"),
            ("/api/v1/books/1", "books"),
            ("/webapi/books", "books"),
            ("/webapi/books/published", "books"),
            ("/api/user/login", "classic"),
            ("/api/shop", "classic"),
            ("/api/shop/", "classic"),
            ("/api/shop/cart/1/2", "classic"),
            ("/webapis", "storefront"),
        ] {
            assert_eq!(service(path), name, "{path}");
        }
    }

    #[test]
    fn what_services_say_among_themselves_is_nobodys_else() {
        for path in [
            "/internal",
            "/internal/identity/setup",
            "/api",
            "/api/v1",
            "/api/v1/catalogue",
            "/api/v2/carts",
            "/api/shopping",
            "/api/users",
            "/webapi",
            "/webapi/booksellers",
        ] {
            assert_eq!(target(path), Target::Nowhere, "{path}");
        }
    }

    #[test]
    fn uploads_have_their_own_limits() {
        let Target::Service(media) = target("/api/v1/catalog/media") else { panic!() };
        let Target::Service(import) = target("/api/v1/catalog/imports/products") else { panic!() };
        assert_eq!((media.body, import.body), (BodyLimit::Media, BodyLimit::Import));
    }
}
