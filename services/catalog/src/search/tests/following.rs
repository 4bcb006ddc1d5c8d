//! Search follows the read model: what shoppers may not see is never found.

use emart_catalog_api::{CategoryId, Seo, Status, VariantId};
use emart_events::Tasks;
use emart_inventory_api::StockItemId;
use emart_types::Timestamp;

use super::*;
use crate::domain::category::CategoryRecord;
use crate::domain::product::{Record, VariantRecord};
use crate::model::{Batch, Everything, Model};
use crate::search::Search;
use crate::store::stock::LevelRow;

struct Shop {
    model: Arc<Model>,
    search: Arc<Search>,
    tasks: Tasks,
    _dir: tempfile::TempDir,
}

impl Shop {
    fn new(all: Everything) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let model = Arc::new(Model::new(Currency::EUR, all));
        let (search, follow) = Search::new(dir.path().join("search"), Arc::clone(&model));
        let tasks = Tasks::default();
        tasks.spawn("search", follow);
        Self { model, search, tasks, _dir: dir }
    }

    async fn total(&self, query: &str) -> usize {
        self.search.flush().await;
        find(&*self.search.view().await, query).total
    }

    fn put(&self, products: Vec<Record>) {
        self.model.apply(Batch { products, ..Batch::default() });
    }
}

fn product(title: &str, status: Status) -> Record {
    let variant = VariantRecord {
        id: VariantId::new(),
        option_values: Vec::new(),
        sku: None,
        barcode: None,
        price: 1000,
        compare_at_price: None,
        weight_grams: 0,
        taxable: true,
        requires_shipping: true,
        stock_item_id: StockItemId::new(),
        track_stock: true,
        sell_when_out: false,
        imported_on_hand: None,
        image_id: None,
        image_source: String::new(),
        extra: Default::default(),
    };
    Record {
        id: ProductId::new(),
        handle: title.to_lowercase(),
        title: title.to_owned(),
        description_html: String::new(),
        vendor: None,
        product_type: None,
        tags: Vec::new(),
        status,
        options: Vec::new(),
        variants: vec![variant],
        images: Vec::new(),
        category_ids: Vec::new(),
        seo: Seo::default(),
        extra: Default::default(),
        publish_at: None,
        unpublish_at: None,
        version: 1,
        created_at: Timestamp::default(),
        updated_at: Timestamp::default(),
    }
}

#[tokio::test]
async fn drafts_and_archived_products_are_never_found() {
    let mut lamp = product("Lamp", Status::Active);
    let all = Everything {
        products: vec![
            lamp.clone(),
            product("Lamp-draft", Status::Draft),
            product("Lamp-old", Status::Archived),
        ],
        ..Everything::default()
    };
    let shop = Shop::new(all);
    assert_eq!((shop.total("q=lamp").await, shop.total("").await), (1, 1));
    for status in [Status::Draft, Status::Active, Status::Archived] {
        lamp.status = status;
        shop.put(vec![lamp.clone()]);
        let seen = usize::from(status == Status::Active);
        assert_eq!((shop.total("q=lamp").await, shop.total("").await), (seen, seen));
        assert_eq!(shop.search.view().await.suggest("lam").unwrap().ids.len(), seen);
    }
    shop.tasks.stop().await;
}

#[tokio::test]
async fn what_is_written_deleted_renamed_and_sold_out_is_followed() {
    let category = |name: &str| CategoryRecord {
        id: CategoryId::new(),
        slug: "light".to_owned(),
        name: name.to_owned(),
        description: String::new(),
        parent_id: None,
        image_id: None,
        position: 0,
    };
    let shop = Shop::new(Everything::default());
    assert_eq!(shop.total("").await, 0);
    let light = category("Light");
    let mut lamp = product("Lamp", Status::Active);
    lamp.category_ids = vec![light.id.clone()];
    let item = lamp.variants[0].stock_item_id.clone();
    let batch = Batch {
        categories: Some(vec![light.clone()]),
        products: vec![lamp.clone()],
        ..Batch::default()
    };
    shop.model.apply(batch);
    assert_eq!((shop.total("category=light").await, shop.total("in_stock=true").await), (1, 0));
    shop.model.set_stock(&LevelRow {
        item_id: item,
        tracked: true,
        sell_when_out: false,
        available: 3,
    });
    assert_eq!(shop.total("in_stock=true").await, 1);
    let renamed = CategoryRecord { name: "Luminaires".to_owned(), ..light };
    shop.model.apply(Batch { categories: Some(vec![renamed]), ..Batch::default() });
    assert_eq!((shop.total("q=luminaires").await, shop.total("q=light").await), (1, 0));
    shop.model.apply(Batch { deleted: vec![lamp.id], ..Batch::default() });
    assert_eq!(shop.total("").await, 0);
    shop.tasks.stop().await;
}

#[tokio::test]
async fn who_falls_behind_sees_everything_all_the_same() {
    let shop = Shop::new(Everything::default());
    assert_eq!(shop.total("").await, 0);
    for n in 0..3000 {
        shop.put(vec![product(&format!("Lamp {n}"), Status::Active)]);
    }
    assert_eq!(shop.total("q=lamp").await, 3000);
    assert_eq!(shop.total("q=2999").await, 1);
    shop.tasks.stop().await;
}
