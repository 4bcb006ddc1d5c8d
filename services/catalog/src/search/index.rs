//! The inverted index: which products have a word, by tantivy. It is derived: one that is missing, damaged or of
//! another make is thrown away and written again from the read model.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tantivy::directory::MmapDirectory;
use tantivy::fastfield::AliveBitSet;
use tantivy::index::SegmentId;
use tantivy::indexer::IndexWriterOptions;
use tantivy::merge_policy::LogMergePolicy;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{
    IndexReader, IndexWriter, InvertedIndexReader, ReloadPolicy, SegmentReader, TantivyDocument,
    TantivyError, Term,
};

use super::document::Texts;
use super::words::Words;

/// What the writer may use: the least that tantivy accepts.
const WRITER_BYTES: usize = 15_000_000;
/// So many segments of a size become one. Each costs every search a few look-ups.
const SEGMENTS: usize = 4;
/// Of a document that was replaced.
const NO_SLOT: u32 = u32::MAX;

/// The parts of a document, by how much a match in them says.
pub(crate) const PARTS: usize = 4;

#[derive(Debug, Clone, Copy)]
struct Fields {
    id: Field,
    stamp: Field,
    /// Title, head, body, code.
    parts: [Field; PARTS],
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let words = |tokenizer| {
        let words = TextFieldIndexing::default().set_tokenizer(tokenizer).set_fieldnorms(false);
        TextOptions::default()
            .set_indexing_options(words.set_index_option(IndexRecordOption::Basic))
    };
    let fields = Fields {
        id: schema.add_text_field("id", STRING),
        stamp: schema.add_u64_field("stamp", FAST | INDEXED),
        parts: [
            schema.add_text_field("title", words("whitespace")),
            schema.add_text_field("head", words("whitespace")),
            schema.add_text_field("body", words("whitespace")),
            schema.add_text_field("code", words("raw")),
        ],
    };
    (schema.build(), fields)
}

/// The index and its only writer.
pub(crate) struct Index {
    writer: IndexWriter,
    reader: IndexReader,
    fields: Fields,
    /// Of each segment, which slot each of its documents has.
    slots: HashMap<SegmentId, Arc<[u32]>>,
}

impl Index {
    /// Opens the index in a directory, or makes one there; where that cannot be, in memory.
    pub(crate) fn open(dir: &Path) -> tantivy::Result<Self> {
        let error = match Self::in_dir(dir) {
            Ok(index) => return Ok(index),
            Err(error) => error,
        };
        if matches!(error, TantivyError::LockFailure(..)) {
            tracing::warn!(dir = %dir.display(), "another process has the search index; searching in memory");
            return Self::in_memory();
        }
        tracing::warn!(%error, dir = %dir.display(), "the search index cannot be read and is written anew");
        std::fs::remove_dir_all(dir).map_err(TantivyError::from).and_then(|()| Self::in_dir(dir)).or_else(|error| {
            tracing::warn!(%error, dir = %dir.display(), "no search index on disk; searching in memory");
            Self::in_memory()
        })
    }

    /// An index that is lost when the process ends.
    pub(crate) fn in_memory() -> tantivy::Result<Self> {
        let (schema, fields) = schema();
        Self::of(&tantivy::Index::create_in_ram(schema), fields)
    }

    fn in_dir(dir: &Path) -> tantivy::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let (schema, fields) = schema();
        let index = tantivy::Index::open_or_create(MmapDirectory::open(dir)?, schema)?;
        Self::of(&index, fields)
    }

    fn of(index: &tantivy::Index, fields: Fields) -> tantivy::Result<Self> {
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(WRITER_BYTES)
            .num_worker_threads(1)
            .num_merge_threads(1)
            .build();
        let writer = index.writer_with_options(options)?;
        let mut merging = LogMergePolicy::default();
        merging.set_min_num_segments(SEGMENTS);
        writer.set_merge_policy(Box::new(merging));
        // With the writer's lock held, so that no one writes meanwhile; and before anything trusts the files.
        if let Some(damaged) = index.validate_checksum()?.into_iter().next() {
            return Err(TantivyError::SystemError(format!("{} is damaged", damaged.display())));
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { writer, reader, fields, slots: HashMap::new() })
    }

    /// The stamps of all documents, by product.
    pub(crate) fn stamps(&self) -> tantivy::Result<HashMap<String, u64>> {
        let mut stamps = HashMap::new();
        for segment in self.reader.searcher().segment_readers() {
            let column = segment.fast_fields().u64("stamp")?;
            self.each_document(segment, |id, doc| {
                if !segment.is_deleted(doc) {
                    stamps.insert(id.to_owned(), column.first(doc).unwrap_or_default());
                }
            })?;
        }
        Ok(stamps)
    }

    /// Puts a product in, in place of what there was of it. It is found after the next [`Self::commit`].
    pub(crate) fn put(&mut self, id: &str, stamp: u64, texts: &Texts) -> tantivy::Result<()> {
        self.delete(id);
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.id, id);
        document.add_u64(self.fields.stamp, stamp);
        let [title, head, body, code] = self.fields.parts;
        document.add_text(title, &texts.title);
        document.add_text(head, &texts.head);
        document.add_text(body, &texts.body);
        for text in &texts.codes {
            document.add_text(code, text);
        }
        self.writer.add_document(document).map(|_| ())
    }

    /// Takes a product out with the next [`Self::commit`].
    pub(crate) fn delete(&mut self, id: &str) {
        self.writer.delete_term(Term::from_field_text(self.fields.id, id));
    }

    /// Makes what was put in and taken out durable and visible.
    pub(crate) fn commit(&mut self) -> tantivy::Result<()> {
        self.writer.commit()?;
        self.reader.reload()
    }

    /// What there is to search. `slot` is the place of a product; it is asked once for each document of a segment.
    pub(crate) fn segments(
        &mut self,
        slot: impl Fn(&str) -> Option<u32>,
    ) -> tantivy::Result<Vec<Segment>> {
        let searcher = self.reader.searcher();
        let mut slots = HashMap::new();
        let mut segments = Vec::new();
        for reader in searcher.segment_readers() {
            let id = reader.segment_id();
            let of_segment = match self.slots.get(&id) {
                Some(known) => Arc::clone(known),
                None => self.slots_of(reader, &slot)?,
            };
            slots.insert(id, Arc::clone(&of_segment));
            let [title, head, body, code] = self.fields.parts;
            segments.push(Segment {
                parts: [
                    reader.inverted_index(title)?,
                    reader.inverted_index(head)?,
                    reader.inverted_index(body)?,
                    reader.inverted_index(code)?,
                ],
                slots: of_segment,
                alive: reader.alive_bitset().cloned(),
            });
        }
        self.slots = slots;
        Ok(segments)
    }

    /// Forgets which slots products had: they get others.
    pub(crate) fn forget_slots(&mut self) {
        self.slots.clear();
    }

    fn slots_of(
        &self,
        segment: &SegmentReader,
        slot: impl Fn(&str) -> Option<u32>,
    ) -> tantivy::Result<Arc<[u32]>> {
        let mut slots = vec![NO_SLOT; segment.max_doc() as usize];
        self.each_document(segment, |id, doc| {
            if !segment.is_deleted(doc) {
                slots[doc as usize] = slot(id).unwrap_or(NO_SLOT);
            }
        })?;
        Ok(slots.into())
    }

    fn each_document(
        &self,
        segment: &SegmentReader,
        mut each: impl FnMut(&str, u32),
    ) -> tantivy::Result<()> {
        let ids = segment.inverted_index(self.fields.id)?;
        let mut terms = ids.terms().stream()?;
        while let Some((id, info)) = terms.next() {
            let Ok(id) = std::str::from_utf8(id) else { continue };
            let mut block =
                ids.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
            each_posting(&mut block, |doc| each(id, doc));
        }
        Ok(())
    }
}

/// A part of the index that does not change.
pub(crate) struct Segment {
    parts: [Arc<InvertedIndexReader>; PARTS],
    slots: Arc<[u32]>,
    alive: Option<AliveBitSet>,
}

impl Segment {
    /// Calls `each` with the slot of every product that has a word in a part.
    pub(crate) fn each_slot(
        &self,
        part: usize,
        word: &str,
        mut each: impl FnMut(u32),
    ) -> io::Result<()> {
        let index = &self.parts[part];
        let Some(info) = index.terms().get(word)? else { return Ok(()) };
        let mut block = index.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
        each_posting(&mut block, |doc| {
            let slot = self.slots[doc as usize];
            if slot != NO_SLOT && self.alive.as_ref().is_none_or(|alive| alive.is_alive(doc)) {
                each(slot);
            }
        });
        Ok(())
    }
}

/// All words of the segments but the codes, and in how many products they are.
pub(crate) fn words(segments: &[Segment], before: &Words) -> io::Result<Words> {
    let mut counted = Vec::new();
    for segment in segments {
        for (part, index) in segment.parts.iter().enumerate().take(PARTS - 1) {
            let mut terms = index.terms().stream()?;
            while let Some((word, info)) = terms.next() {
                let Ok(word) = std::str::from_utf8(word) else { continue };
                let in_head = if part < PARTS - 2 { info.doc_freq } else { 0 };
                counted.push((Box::from(word), info.doc_freq, in_head));
            }
        }
    }
    Ok(Words::new(counted, before))
}

fn each_posting(block: &mut BlockSegmentPostings, mut each: impl FnMut(u32)) {
    while !block.docs().is_empty() {
        for doc in block.docs() {
            each(*doc);
        }
        block.advance();
    }
}
