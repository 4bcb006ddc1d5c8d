//! Charts, drawn here as SVG: whole numbers only, no script, and the same numbers as a table for those who cannot see it.

use std::fmt::Write as _;

/// The size of the drawing, in its own units; the page stretches it.
const WIDTH: i64 = 1000;
const HEIGHT: i64 = 240;

/// What `ui::chart` prints.
pub(crate) struct Chart {
    /// What it shows, in a sentence.
    pub(crate) caption: String,
    pub(crate) series: Vec<Drawn>,
    /// What the lines across stand for, from the top.
    pub(crate) scale: Vec<String>,
    /// What stands below: the first and the last place, and one between.
    pub(crate) ends: Vec<String>,
    /// A row for each place: its name, and a value of each series.
    pub(crate) rows: Vec<(String, Vec<String>)>,
}

/// A series as it is drawn.
pub(crate) struct Drawn {
    pub(crate) name: String,
    /// The points of its line.
    pub(crate) line: String,
    /// The line closed along the bottom.
    pub(crate) area: String,
}

/// Numbers under one name.
pub(crate) struct Series<'a> {
    pub(crate) name: &'a str,
    pub(crate) values: &'a [i64],
}

/// A line for each series over the same places; the first is the one that matters. `write` says how a number reads.
pub(crate) fn lines(
    caption: &str,
    places: &[String],
    series: &[Series<'_>],
    write: &dyn Fn(i64) -> String,
) -> Chart {
    let all = series.iter().flat_map(|series| series.values).copied();
    let top = round_up(all.max().unwrap_or_default().max(1));
    let value = |series: &Series<'_>, at: usize| series.values.get(at).copied().unwrap_or_default();
    let row = |(at, place): (usize, &String)| {
        let values = series.iter().map(|series| write(value(series, at))).collect();
        (place.clone(), values)
    };
    let ends = [0, places.len() / 2, places.len().saturating_sub(1)];
    let mut ends: Vec<usize> = ends.into_iter().filter(|at| *at < places.len()).collect();
    ends.dedup();
    Chart {
        caption: caption.to_owned(),
        series: series.iter().map(|series| drawn(series, top)).collect(),
        scale: [top, top / 2, 0].map(write).to_vec(),
        ends: ends.into_iter().map(|at| places[at].clone()).collect(),
        rows: places.iter().enumerate().map(row).collect(),
    }
}

fn drawn(series: &Series<'_>, top: i64) -> Drawn {
    let count = i64::try_from(series.values.len()).unwrap_or(1).max(1);
    let mut line = String::new();
    for (at, value) in series.values.iter().enumerate() {
        let place = i64::try_from(at).unwrap_or_default();
        let x = if count == 1 { WIDTH / 2 } else { place * WIDTH / (count - 1) };
        let _ = write!(line, "{x},{} ", HEIGHT - scaled(*value, top));
    }
    let area = format!("0,{HEIGHT} {line}{WIDTH},{HEIGHT}");
    Drawn { name: series.name.to_owned(), line, area }
}

fn scaled(value: i64, top: i64) -> i64 {
    let height = i128::from(value.max(0)) * i128::from(HEIGHT) / i128::from(top);
    i64::try_from(height).unwrap_or(HEIGHT).min(HEIGHT)
}

/// The next number that reads well on a scale and has a half: 2, 4, 6, 10, 20, 40, …
fn round_up(value: i64) -> i64 {
    let mut step: i64 = 1;
    loop {
        for factor in [2, 4, 6] {
            let Some(top) = step.checked_mul(factor) else { return value };
            if top >= value {
                return top;
            }
        }
        let Some(next) = step.checked_mul(10) else { return value };
        if next >= value {
            return next;
        }
        step = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_a_number_that_reads_well() {
        for (value, top) in
            [(1, 2), (3, 4), (7, 10), (10, 10), (11, 20), (59_000, 60_000), (61_000, 100_000)]
        {
            assert_eq!(round_up(value), top, "{value}");
        }
        assert_eq!(round_up(i64::MAX), i64::MAX);
    }

    #[test]
    fn a_chart_says_in_its_table_what_it_draws() {
        let places = ["Mon".to_owned(), "Tue".to_owned(), "Wed".to_owned()];
        let series =
            [Series { name: "Now", values: &[0, 5, 10] }, Series { name: "Before", values: &[1] }];
        let chart = lines("Sales", &places, &series, &|n| n.to_string());
        assert_eq!(chart.series[0].line, "0,240 500,120 1000,0 ");
        assert_eq!(chart.scale, ["10", "5", "0"]);
        assert_eq!(chart.rows[1], ("Tue".to_owned(), vec!["5".to_owned(), "0".to_owned()]));
    }
}
