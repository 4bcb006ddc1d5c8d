//! The category tree: at most five levels, no cycles, names one can write in a path.

use emart_catalog_api::{CategoryId, ImageId, PutCategory};
use emart_types::Invalid;

use super::handle;

/// Levels of the tree.
pub(crate) const DEEPEST: usize = 5;
pub(crate) const LONGEST_NAME: usize = 100;
const LONGEST_DESCRIPTION: usize = 2000;

/// A category as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CategoryRecord {
    pub(crate) id: CategoryId,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) parent_id: Option<CategoryId>,
    pub(crate) image_id: Option<ImageId>,
    pub(crate) position: i64,
}

/// Checks a category's own fields and makes the slug where none is given.
pub(crate) fn check(put: &PutCategory) -> Result<CategoryRecord, Invalid> {
    let mut invalid = Invalid::new();
    let name = put.name.trim();
    let count = name.chars().count();
    invalid.require((1..=LONGEST_NAME).contains(&count), "/name", "must be 1 to 100 characters");
    invalid.require(!name.contains(char::is_control), "/name", "must be one line of text");
    // Files write a category as a path: `Clothing > Shirts`.
    invalid.require(!name.contains('>'), "/name", "must not contain `>`");
    if let Some(slug) = &put.slug {
        let detail = "must be 1 to 100 lower-case letters, digits and dashes";
        invalid.require(handle::is_handle(slug, LONGEST_NAME), "/slug", detail);
    }
    let description = put.description.trim();
    let fits = description.chars().count() <= LONGEST_DESCRIPTION;
    invalid.require(fits, "/description", "at most 2000 characters");
    invalid.finish()?;
    Ok(CategoryRecord {
        id: CategoryId::new(),
        slug: put.slug.clone().unwrap_or_else(|| handle::slug(name, "category", LONGEST_NAME)),
        name: name.to_owned(),
        description: description.to_owned(),
        parent_id: put.parent_id.clone(),
        image_id: put.image_id.clone(),
        position: put.position,
    })
}

/// Checks the place of a category among the others: a parent that is there, no cycle, no sixth level.
pub(crate) fn check_place(
    category: &CategoryRecord,
    others: &[CategoryRecord],
) -> Result<(), Invalid> {
    let find = |id: &CategoryId| others.iter().find(|other| other.id == *id);
    let mut above = 0;
    let mut parent = category.parent_id.as_ref();
    while let Some(id) = parent {
        if *id == category.id {
            return Err(Invalid::field("/parent_id", "a category cannot be below itself"));
        }
        let Some(found) = find(id) else {
            return Err(Invalid::field("/parent_id", "there is no such category"));
        };
        above += 1;
        if above > DEEPEST {
            break;
        }
        parent = found.parent_id.as_ref();
    }
    if above + height(&category.id, others, DEEPEST + 1) > DEEPEST {
        return Err(Invalid::field("/parent_id", "the tree has at most five levels"));
    }
    Ok(())
}

/// Levels from a category down, itself included; looks no further than `limit`.
fn height(id: &CategoryId, all: &[CategoryRecord], limit: usize) -> usize {
    if limit <= 1 {
        return 1;
    }
    let below = all.iter().filter(|other| other.parent_id.as_ref() == Some(id));
    1 + below.map(|child| height(&child.id, all, limit - 1)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(name: &str, parent: Option<&CategoryRecord>) -> CategoryRecord {
        let put = PutCategory {
            name: name.to_owned(),
            slug: None,
            description: String::new(),
            parent_id: parent.map(|parent| parent.id.clone()),
            image_id: None,
            position: 0,
        };
        check(&put).unwrap()
    }

    fn chain(length: usize) -> Vec<CategoryRecord> {
        let mut all: Vec<CategoryRecord> = Vec::new();
        for level in 0..length {
            all.push(category(&format!("Level {level}"), all.last()));
        }
        all
    }

    #[test]
    fn five_levels_are_fine_and_a_sixth_is_not() {
        let all = chain(5);
        assert!(check_place(&all[4], &all[..4]).is_ok());
        assert!(check_place(&category("Sixth", all.last()), &all).is_err());
    }

    #[test]
    fn a_branch_is_moved_with_all_its_levels_or_not_at_all() {
        let all = chain(3);
        let other = chain(3);
        let mut moved = all[0].clone();
        moved.parent_id = Some(other[2].id.clone());
        let both = [all, other].concat();
        assert!(check_place(&moved, &both).is_err());
        moved.parent_id = Some(both[4].id.clone());
        assert!(check_place(&moved, &both).is_ok());
    }

    #[test]
    fn a_category_is_never_below_itself() {
        let all = chain(3);
        let mut top = all[0].clone();
        top.parent_id = Some(all[2].id.clone());
        assert_eq!(check_place(&top, &all).unwrap_err().0[0].pointer, "/parent_id");
        top.parent_id = Some(top.id.clone());
        assert!(check_place(&top, &all).is_err());
    }

    #[test]
    fn a_name_is_one_line_and_no_path() {
        for bad in ["", "  ", "a > b", "a\nb"] {
            let mut put = category("x", None);
            put.name = bad.to_owned();
            let put = PutCategory {
                name: put.name,
                slug: None,
                description: String::new(),
                parent_id: None,
                image_id: None,
                position: 0,
            };
            assert!(check(&put).is_err(), "{bad}");
        }
    }
}
