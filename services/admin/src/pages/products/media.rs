//! A product's pictures: bringing them, putting them in order, saying what they show.

use axum::extract::{Multipart, State};
use axum::response::Response;
use emart_catalog_api::{ProductForEdit, ProductId, PutMedia, PutPicture};
use emart_http::Path;

use crate::Admin;
use crate::error::{Error, is_conflict, refusal};
use crate::sent::Sent;
use crate::uploads::upload;
use crate::words;

/// `POST /admin/products/{id}/media`: new pictures, behind those there are.
pub(super) async fn add(
    State(admin): State<Admin>,
    Path(id): Path<ProductId>,
    form: Multipart,
) -> Result<Response, Error> {
    let here = format!("/admin/products/{id}");
    let upload = upload(form).await?;
    if upload.files.is_empty() {
        return Ok(admin.failed(&here, "Choose a picture first."));
    }
    let alt = upload.fields.get("alt").to_owned();
    let (mut taken, mut failed) = (Vec::new(), Vec::new());
    for (name, file) in upload.files {
        match admin.clients.catalog.create_image(&alt, file).await {
            Ok(image) => taken.push(PutPicture { id: image.id, alt: image.alt }),
            Err(error) => failed.push(format!("{name}: {}", upload_refusal(error)?)),
        }
    }
    let product = admin.clients.catalog.product_for_edit(&id).await?.ok_or(Error::NotFound)?;
    let count = i64::try_from(taken.len()).unwrap_or(i64::MAX);
    let mut images = pictures(&product);
    taken.retain(|new| !images.iter().any(|old| old.id == new.id));
    if !taken.is_empty() {
        images.extend(taken);
        let put = PutMedia { images };
        if let Err(error) = admin.clients.catalog.put_media(&id, product.version, &put).await {
            return Ok(admin.failed(&here, &refusal(error)?));
        }
    }
    let text = format!("{} added.", words::count(count, "picture", "pictures"));
    Ok(match failed.first() {
        Some(why) => admin.failed(&here, &format!("{text} {why}")),
        None => admin.done(&here, &text),
    })
}

/// A picture that cannot be taken is the picture's fault, whatever is wrong with it.
fn upload_refusal(error: emart_mesh::CallError) -> Result<String, Error> {
    match error.problem() {
        Some(problem) if matches!(problem.status, 413 | 415) => {
            Ok(crate::error::sentence(problem.detail.as_deref().unwrap_or(&problem.title)))
        }
        _ => refusal(error),
    }
}

fn pictures(product: &ProductForEdit) -> Vec<PutPicture> {
    let put = |image: &emart_catalog_api::Image| PutPicture {
        id: image.id.clone(),
        alt: image.alt.clone(),
    };
    product.images.iter().map(put).collect()
}

/// `POST /admin/products/{id}/media/arrange`: their order, their texts, and which go.
pub(super) async fn arrange(
    State(admin): State<Admin>,
    Path(id): Path<ProductId>,
    sent: Sent,
) -> Result<Response, Error> {
    let here = format!("/admin/products/{id}");
    let mut places: Vec<(i64, PutPicture)> = Vec::new();
    for (at, picture) in (1..).zip(sent.all("picture")) {
        let Ok(image) = picture.parse() else { continue };
        if sent.is_on(&format!("{picture}.gone")) {
            continue;
        }
        let place = sent.get(&format!("{picture}.place")).parse().unwrap_or(at);
        let alt = sent.get(&format!("{picture}.alt")).to_owned();
        places.push((place, PutPicture { id: image, alt }));
    }
    places.sort_by_key(|(place, _)| *place);
    let put = PutMedia { images: places.into_iter().map(|(_, picture)| picture).collect() };
    let version = sent.get("version").parse().unwrap_or(0);
    match admin.clients.catalog.put_media(&id, version, &put).await {
        Ok(_) => Ok(admin.done(&here, "The pictures are saved.")),
        Err(error) if is_conflict(&error) => {
            let text = "Somebody else has changed the product meanwhile. Look at it again, then arrange the pictures.";
            Ok(admin.failed(&here, text))
        }
        Err(error) => Ok(admin.failed(&here, &refusal(error)?)),
    }
}
