//! What `explain` prints for people.

use std::fmt;

use narrowgate_api::own::explain::{
    DocumentExplanationView, ExplainedFieldView, ExplainedPlaceView, ExplainedTokenView, ExplanationView,
    LaterView,
};
use narrowgate_api::own::needs::WayView;

/// A view in words.
pub(super) struct Shown<'v, V>(pub(super) &'v V);

impl fmt::Display for Shown<'_, ExplanationView> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let view = self.0;
        writeln!(f, "request    {}", view.request)?;
        writeln!(f, "operation  {}", view.operation.as_deref().unwrap_or("none that is catalogued"))?;
        writeln!(f, "token      {}", Shown(&view.token))?;
        if let Some(user) = &view.acting_as {
            let what = if user.administrator { ", who administers the instance" } else { "" };
            writeln!(f, "acts as    user {}{what}", user.user_id)?;
        }
        for place in view.needs.iter().flat_map(|need| &need.places) {
            writeln!(f, "place      {}", Shown(place))?;
        }
        for (number, step) in view.steps.iter().enumerate() {
            for (index, line) in step.iter().enumerate() {
                let label = if index == 0 { format!("step {}", number + 1) } else { String::new() };
                writeln!(f, "{label:<11}{line}")?;
            }
        }
        writeln!(f, "decision   {}, {}: {}", verdict(view.allowed), view.reason, view.because)?;
        if let Some(advice) = &view.advice {
            writeln!(f, "to allow   {advice}")?;
        }
        view.role_notes.iter().try_for_each(|note| writeln!(f, "but        {note}"))
    }
}

const fn verdict(is_allowed: bool) -> &'static str {
    if is_allowed { "allowed" } else { "denied" }
}

impl fmt::Display for Shown<'_, Option<ExplainedTokenView>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(token) => write!(f, "{} `{}` of user {}", token.id, token.name, token.user_id),
            None => f.write_str("none that is known"),
        }
    }
}

impl fmt::Display for Shown<'_, ExplainedPlaceView> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.0;
        f.write_str(place.boundary)?;
        if !place.found {
            return f.write_str(", not found");
        }
        if let Some(id) = place.id {
            write!(f, " {id}")?;
        }
        if let Some(path) = &place.full_path {
            write!(f, " ({path})")?;
        }
        match place.role {
            Some(role) => write!(f, ", where the owner is {role}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Shown<'_, DocumentExplanationView> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let view = self.0;
        writeln!(f, "token      {}", Shown(&view.token))?;
        writeln!(f, "request    {}, {}: {}", verdict(view.allowed), view.reason, view.because)?;
        view.fields.iter().try_for_each(|field| Shown(field).fmt(f))
    }
}

impl fmt::Display for Shown<'_, ExplainedFieldView> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ExplainedFieldView { key, name, line, column, .. } = self.0;
        let alias = if key == name { String::new() } else { format!("{key}: ") };
        write!(f, "field      {alias}{name} ({line}:{column}): ")?;
        match (&self.0.message, self.0.decided_by) {
            (Some(message), _) => {
                let reason = self.0.refusal.as_ref().and_then(|refusal| refusal.get("reason")?.as_str());
                writeln!(f, "refused, {}: {message}", reason.unwrap_or_default())?;
            }
            (None, "answer") => writeln!(f, "forwarded; the answer decides")?,
            (None, _) => writeln!(f, "forwarded; its arguments are allowed")?,
        }
        self.0.later.iter().try_for_each(|later| writeln!(f, "  each     {}", Shown(later)))
    }
}

impl fmt::Display for Shown<'_, LaterView> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LaterView { part, granted_somewhere } = self.0;
        write!(f, "{} at {} ", part.name, part.path)?;
        if part.any.is_empty() {
            return f.write_str("is withheld: the catalogue says nothing of it, or it is a secret");
        }
        let ways: Vec<String> = part.any.iter().map(|way| Shown(way).to_string()).collect();
        write!(f, "takes {}", ways.join(", or "))?;
        if *granted_somewhere == Some(false) { f.write_str("; no grant has that") } else { Ok(()) }
    }
}

impl fmt::Display for Shown<'_, WayView> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WayView { permissions, boundaries } = self.0;
        write!(f, "{} on the {}", permissions.join(" and "), boundaries.join(" or "))
    }
}
