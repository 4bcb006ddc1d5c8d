//! The paper a receipt is drawn on: A4 pages, a place that moves down, text set by the font's own advance widths.

use anyhow::Context as _;
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// A4, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 48.0;
/// What stands between the margins.
const INNER: f32 = WIDTH - 2.0 * MARGIN;

const REGULAR_FONT: &[u8] = include_bytes!("../../fonts/Inter-Regular.otf");
const BOLD_FONT: &[u8] = include_bytes!("../../fonts/Inter-Bold.otf");

/// The colour of what matters less.
pub(crate) const GREY: u8 = 105;
/// Plain text.
pub(crate) const REGULAR: Style = Style { bold: false, size: 10.0, grey: 25 };
/// Text that matters.
pub(crate) const BOLD: Style = Style { bold: true, size: 10.0, grey: 25 };

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    bold: bool,
    size: f32,
    grey: u8,
}

impl Style {
    pub(crate) const fn sized(self, size: f32) -> Self {
        Self { size, ..self }
    }

    pub(crate) const fn colored(self, grey: u8) -> Self {
        Self { grey, ..self }
    }
}

/// Where a text stands in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A column of a table, measured from the left margin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) x: f32,
    pub(crate) width: f32,
    pub(crate) align: Align,
}

/// What is drawn on a page.
enum Mark {
    Text { text: String, x: f32, y: f32, style: Style },
    Rule { y: f32 },
}

/// A font, to draw with and to measure with.
struct Face {
    font: Font,
    measure: FontRef<'static>,
}

impl Face {
    fn new(data: &'static [u8]) -> anyhow::Result<Self> {
        let font = Font::new(data.into(), 0).context("the receipt's font")?;
        Ok(Self { font, measure: FontRef::new(data)? })
    }

    /// The glyphs of a text, one a character; characters that the font lacks become its box.
    fn set(&self, text: &str) -> Vec<KrillaGlyph> {
        let map = self.measure.charmap();
        let widths = self.measure.glyph_metrics(Size::new(1.0), LocationRef::default());
        text.char_indices()
            .map(|(at, character)| {
                let glyph = map.map(character).unwrap_or_default();
                KrillaGlyph {
                    glyph_id: GlyphId::new(glyph.to_u32()),
                    text_range: at..at + character.len_utf8(),
                    x_advance: widths.advance_width(glyph).unwrap_or(0.5),
                    x_offset: 0.0,
                    y_offset: 0.0,
                    y_advance: 0.0,
                    location: None,
                }
            })
            .collect()
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        self.set(text).iter().map(|glyph| glyph.x_advance).sum::<f32>() * size
    }
}

/// Pages under construction.
pub(crate) struct Paper {
    regular: Face,
    bold: Face,
    title: String,
    author: String,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl Paper {
    /// An empty first page.
    pub(crate) fn new(title: &str, author: &str) -> anyhow::Result<Self> {
        Ok(Self {
            regular: Face::new(REGULAR_FONT)?,
            bold: Face::new(BOLD_FONT)?,
            title: title.to_owned(),
            author: author.to_owned(),
            pages: vec![Vec::new()],
            y: MARGIN + 12.0,
        })
    }

    /// How far down the page it has come.
    pub(crate) const fn place(&self) -> f32 {
        self.y
    }

    /// Goes to a place on this page.
    pub(crate) const fn go_to(&mut self, y: f32) {
        self.y = y;
    }

    /// Goes down.
    pub(crate) fn down(&mut self, by: f32) {
        self.y += by;
    }

    /// Begins a new page if so much does not fit on this one; `true` if it did.
    pub(crate) fn make_room(&mut self, height: f32) -> bool {
        let full = self.y + height > HEIGHT - MARGIN;
        if full {
            self.new_page();
        }
        full
    }

    /// Goes on on a new page.
    pub(crate) fn new_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN + 12.0;
    }

    /// Writes a text from `x`, cut at the right margin.
    pub(crate) fn text(&mut self, text: &str, x: f32, style: Style) {
        self.text_within(text, x, INNER - x, style);
    }

    /// Writes a text from `x`, cut to a width.
    pub(crate) fn text_within(&mut self, text: &str, x: f32, width: f32, style: Style) {
        let text = self.fit(text, width, style);
        self.mark(Mark::Text { text, x: MARGIN + x, y: self.y, style });
    }

    /// Writes a text into a column, cut to its width.
    pub(crate) fn cell(&mut self, text: &str, column: &Column, style: Style) {
        let text = self.fit(text, column.width, style);
        let x = match column.align {
            Align::Left => column.x,
            Align::Right => column.x + column.width - self.face(style).width(&text, style.size),
        };
        self.mark(Mark::Text { text, x: MARGIN + x, y: self.y, style });
    }

    /// Breaks a text between words into at most four lines of a width; what does not fit the last is cut.
    pub(crate) fn wrap(&self, text: &str, width: f32, style: Style) -> Vec<String> {
        let face = self.face(style);
        let mut lines = vec![String::new()];
        for word in text.split_whitespace().take(100) {
            let line = lines.last().map_or("", String::as_str);
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if line.is_empty() || lines.len() == 4 || face.width(&longer, style.size) <= width {
                lines.pop();
                lines.push(longer);
            } else {
                lines.push(word.to_owned());
            }
        }
        lines
    }

    /// Draws a line from margin to margin.
    pub(crate) fn rule(&mut self) {
        self.mark(Mark::Rule { y: self.y });
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    const fn face(&self, style: Style) -> &Face {
        if style.bold { &self.bold } else { &self.regular }
    }

    /// Cuts a text to a width, with an ellipsis; control characters become spaces.
    fn fit(&self, text: &str, width: f32, style: Style) -> String {
        let clean: String =
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect();
        let face = self.face(style);
        if face.width(&clean, style.size) <= width {
            return clean;
        }
        let mut kept: Vec<char> = clean.chars().collect();
        loop {
            kept.pop();
            let cut: String = kept.iter().collect::<String>().trim_end().to_owned() + "…";
            if kept.is_empty() || face.width(&cut, style.size) <= width {
                return cut;
            }
        }
    }

    /// The PDF.
    pub(crate) fn finish(self) -> anyhow::Result<Vec<u8>> {
        let mut document = Document::new();
        let metadata = Metadata::new().title(self.title.clone()).authors(vec![self.author.clone()]);
        document.set_metadata(metadata.language("en".to_owned()));
        let count = self.pages.len();
        for (at, marks) in self.pages.iter().enumerate() {
            let settings = PageSettings::from_wh(WIDTH, HEIGHT).context("a page's size")?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            for mark in marks {
                self.draw(&mut surface, mark);
            }
            if count > 1 {
                let style = REGULAR.sized(8.5).colored(GREY);
                let text = format!("{} · page {} of {count}", self.title, at + 1);
                self.draw(&mut surface, &Mark::Text { text, x: MARGIN, y: HEIGHT - 28.0, style });
            }
            surface.finish();
            page.finish();
        }
        document.finish().map_err(|error| anyhow::anyhow!("{error:?}"))
    }

    fn draw(&self, surface: &mut krilla::surface::Surface<'_>, mark: &Mark) {
        match mark {
            Mark::Text { text, x, y, style } => {
                let face = self.face(*style);
                let paint = rgb::Color::new(style.grey, style.grey, style.grey).into();
                let opacity = NormalizedF32::ONE;
                surface.set_stroke(None);
                surface.set_fill(Some(Fill { paint, opacity, rule: Default::default() }));
                let start = Point::from_xy(*x, *y);
                let font = face.font.clone();
                surface.draw_glyphs(start, &face.set(text), font, text, style.size, false);
            }
            Mark::Rule { y } => {
                let mut path = PathBuilder::new();
                path.move_to(MARGIN, *y);
                path.line_to(WIDTH - MARGIN, *y);
                let paint = rgb::Color::new(205, 205, 205).into();
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke { paint, width: 0.7, ..Stroke::default() }));
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
        }
    }
}
