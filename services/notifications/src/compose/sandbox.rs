//! Templates that staff have written: they see what they are given and nothing else, cannot take for ever or fill the
//! memory, and cannot put what customers have written into HTML unescaped.

use emart_notifications_api::TemplateText;
use emart_types::Invalid;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};

use super::{finished, parts};

/// The longest template, in bytes, each of its parts.
const LONGEST: usize = 64 << 10;
/// What a template may use up of instructions and memory: a hundred times what a long order needs.
const FUEL: u64 = 200_000;

/// Writes what a template makes of some words. `strict`: words that do not exist are mistakes.
pub(crate) fn render(
    own: &TemplateText,
    layout: &str,
    words: &Value,
    strict: bool,
) -> Result<TemplateText, Invalid> {
    let mut env = Environment::new();
    env.set_fuel(Some(FUEL));
    env.remove_filter("safe");
    if strict {
        env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    }
    let mut invalid = Invalid::new();
    let mut written = Vec::new();
    for (part, source) in parts(own) {
        match write(&mut env, layout, part, source, words) {
            Ok(text) => written.push(text),
            Err(why) => invalid.push(format!("/{part}"), why),
        }
    }
    invalid.finish()?;
    let mut written = written.into_iter();
    let mut next = || written.next().unwrap_or_default();
    let (subject, text, html) = (next(), next(), next());
    let content = finished(&TemplateText { subject, text, html });
    if content.subject.is_empty() {
        return Err(Invalid::field("/subject", "must not be empty"));
    }
    Ok(content)
}

fn write(
    env: &mut Environment<'_>,
    layout: &str,
    part: &str,
    source: &str,
    words: &Value,
) -> Result<String, String> {
    if source.len() > LONGEST {
        return Err(format!("must be at most {} KiB", LONGEST >> 10));
    }
    if let Some(line) = unescapes(source) {
        return Err(format!("line {line}: what is printed is always escaped here"));
    }
    // Only HTML has a frame, and only that is escaped.
    let name = format!("own.{part}");
    let template = env.add_template_owned("layout.html", layout.to_owned());
    let template = template.and_then(|()| env.add_template_owned(name.clone(), source.to_owned()));
    template.map_err(|error| worded(&error))?;
    let template = env.get_template(&name).map_err(|error| worded(&error))?;
    template.render(words).map_err(|error| worded(&error))
}

/// The line of a block that turns escaping off.
fn unescapes(source: &str) -> Option<usize> {
    let blocks = source.match_indices("{%").find(|(at, block)| {
        let tag = source[at + block.len()..].trim_start_matches(['-', '+']).trim_start();
        tag.starts_with("autoescape")
    });
    blocks.map(|(at, _)| source[..at].matches('\n').count() + 1)
}

fn worded(error: &minijinja::Error) -> String {
    let line = error.line().map(|line| format!("line {line}: ")).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::OutOfFuel => "this takes too long or grows too large".to_owned(),
        ErrorKind::UndefinedError => {
            let detail = error.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
            format!("there is no such value{detail}")
        }
        kind => error.detail().map_or_else(|| kind.to_string(), ToOwned::to_owned),
    };
    format!("{line}{what}")
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    fn html(source: &str) -> Result<String, Invalid> {
        let words = context! { it => context! { name => "<b>Ada</b>" } };
        let own =
            TemplateText { subject: "Hi".to_owned(), text: String::new(), html: source.to_owned() };
        render(&own, "<x>{% block body %}{% endblock %}</x>", &words, true).map(|own| own.html)
    }

    #[test]
    fn escaping_cannot_be_turned_off() {
        for source in [
            "{{ it.name|safe }}",
            "{% autoescape false %}{{ it.name }}{% endautoescape %}",
            "{%-  autoescape 'none' %}{{ it.name }}{% endautoescape %}",
            "{%+autoescape false%}{{ it.name }}{% endautoescape %}",
        ] {
            assert!(html(source).is_err(), "{source}");
        }
        for source in [
            "{{ it.name }}",
            "{% set x %}{{ it.name }}{% endset %}{{ x }}",
            "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(it.name) }}",
            "{{ it.name|replace('b', 'i') }}",
            "{{ it.name ~ '!' }}",
            "{{ [it.name]|join }}",
            "{{ it.name|upper }}",
            "{{ it.name|indent }}",
            "{{ it|items|list }}",
            "{{ it }}",
            "{{ it.name|format }}",
            "{{ '%s'|e|format(it.name) }}",
            "{{ ('x'|e) ~ it.name }}",
            "{{ ('x'|e)|replace('x', it.name) }}",
            "{{ [('x'|e), it.name]|join(', '|e) }}",
            "{% filter upper %}{{ it.name }}{% endfilter %}",
        ] {
            if let Ok(html) = html(source) {
                assert!(!html.to_lowercase().contains("<b>"), "{source}: {html}");
                assert!(!html.to_lowercase().contains("<i>"), "{source}: {html}");
            }
        }
    }

    #[test]
    fn a_template_can_neither_take_for_ever_nor_fill_the_memory() {
        let doubling = "{% set x = x ~ x %}".repeat(60);
        let began = std::time::Instant::now();
        for source in [
            "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
            &format!("{{% set x = 'xxxxxxxxxx' %}}{doubling}{{{{ x }}}}"),
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{{ 'x' * 9999999999 }}",
        ] {
            assert!(html(source).is_err(), "{source}");
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    }

    #[test]
    fn nothing_else_can_be_read() {
        for source in [
            "{% include '/etc/passwd' %}",
            "{% extends '../layout.html' %}",
            "{{ it.__class__ }}",
            "{{ secret }}",
        ] {
            assert!(html(source).is_err(), "{source}");
        }
        assert_eq!(
            html("{% extends 'layout.html' %}{% block body %}a{% endblock %}").unwrap(),
            "<x>a</x>"
        );
    }

    #[test]
    fn mistakes_are_said_with_their_line() {
        for (source, line) in [("a\n{{ it.nmae }}", "line 2"), ("a\nb\n{% if %}", "line 3")] {
            let Invalid(errors) = html(source).unwrap_err();
            assert_eq!(errors[0].pointer, "/html");
            assert!(errors[0].detail.starts_with(line), "{}", errors[0].detail);
        }
    }
}
