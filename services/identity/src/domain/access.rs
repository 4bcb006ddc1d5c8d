//! Who may give access to whom: the roles that come with the store, and the rule that nobody gives, takes or changes
//! more than they may do themselves.

use emart_http::{Caller, Permission, Permissions, Role};

/// The role of staff of whom nobody said otherwise.
pub(crate) const STAFF_ROLE: &str = "rol_00000000000000000000000002";

/// The roles that come with the store: id, name, what they hold.
pub(crate) fn built_in() -> [(&'static str, &'static str, Permissions); 3] {
    let clerk = [
        Permission::OrdersRead,
        Permission::OrdersWrite,
        Permission::ProductsRead,
        Permission::InventoryRead,
        Permission::CustomersRead,
    ];
    let manager = Permissions::STAFF.with(Permission::People).with(Permission::AuditRead);
    [
        ("rol_00000000000000000000000001", "Manager", manager),
        (STAFF_ROLE, "Staff", Permissions::STAFF),
        ("rol_00000000000000000000000003", "Clerk", clerk.into_iter().collect()),
    ]
}

/// What somebody is in the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) role: Role,
    /// Of their role in the shop; of no meaning for others than staff.
    pub(crate) permissions: Permissions,
}

impl Standing {
    /// What they may do in the end.
    pub(crate) fn effective(self) -> Permissions {
        match self.role {
            Role::Admin => Permissions::ALL,
            Role::Staff => self.permissions,
            Role::Customer | Role::Guest => Permissions::NONE,
        }
    }
}

/// What a caller would need and lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    /// Only administrators may do it.
    Admin,
    /// Permissions they do not have.
    Permissions(Permissions),
}

/// Whether a caller may give, take or change this much.
pub(crate) fn may_govern(caller: &Caller, standing: Standing) -> Result<(), Lack> {
    if standing.role == Role::Admin && !caller.is_admin() {
        return Err(Lack::Admin);
    }
    let wanted = standing.effective();
    if caller.permissions().contains_all(wanted) {
        return Ok(());
    }
    let lacking = wanted.iter().filter(|permission| !caller.may(*permission));
    Err(Lack::Permissions(lacking.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staff(permissions: Permissions) -> Standing {
        Standing { role: Role::Staff, permissions }
    }

    #[test]
    fn nobody_gives_what_they_lack_and_only_administrators_touch_administrators() {
        let few = Permissions::NONE.with(Permission::People).with(Permission::OrdersRead);
        let manager = Caller::person(Role::Staff, "usr_1").allowed(few);
        assert_eq!(may_govern(&manager, staff(few)), Ok(()));
        let more = few.with(Permission::OrdersRefund);
        let lacking = Permissions::NONE.with(Permission::OrdersRefund);
        assert_eq!(may_govern(&manager, staff(more)), Err(Lack::Permissions(lacking)));
        let admin = Standing { role: Role::Admin, permissions: Permissions::NONE };
        assert_eq!(may_govern(&manager, admin), Err(Lack::Admin));
        let everything = Caller::person(Role::Staff, "usr_1").allowed(Permissions::ALL);
        assert_eq!(may_govern(&everything, admin), Err(Lack::Admin));
        assert_eq!(may_govern(&Caller::person(Role::Admin, "usr_2"), admin), Ok(()));
    }

    #[test]
    fn what_comes_with_the_store_gives_no_say_over_the_system() {
        for (id, name, permissions) in built_in() {
            assert!(!permissions.contains(Permission::System), "{name}");
            assert!(id.parse::<emart_identity_api::RoleId>().is_ok());
        }
    }
}
