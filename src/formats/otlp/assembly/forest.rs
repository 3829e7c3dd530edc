//! The spans of a run as trees: each once, every parent's children in order, whatever order and links they came with.

use std::collections::HashMap;

use super::super::span::{OtelTraceId, Span, SpanId};

/// Spans with their places in the trees. Places are indices into `spans`.
#[derive(Debug, Default)]
pub(super) struct Forest {
    /// Each span once.
    pub(super) spans: Vec<Span>,
    /// The span each lies in, where that is here.
    pub(super) parents: Vec<Option<usize>>,
    /// What lies in each, earliest first.
    pub(super) children: Vec<Vec<usize>>,
    /// All, those that enclose others before them.
    pub(super) order: Vec<usize>,
    /// Where each stands in `order`.
    pub(super) positions: Vec<usize>,
    /// Where in `order` that which lies in each ends: it begins right after the span itself.
    pub(super) ends: Vec<usize>,
    /// Links to parents that went in a circle and were cut.
    pub(super) cut: usize,
}

impl Forest {
    /// Takes each span once: of two with the same id the one that has ended, else the later.
    pub(super) fn of(spans: Vec<Span>) -> Self {
        let (spans, places) = once(spans);
        let mut parents: Vec<Option<usize>> =
            spans.iter().map(|span| span.parent.and_then(|parent| places.get(&(span.trace, parent)).copied())).collect();
        let cut = cut_circles(&spans, &mut parents);
        let (children, order) = arranged(&spans, &parents);
        let mut positions = vec![0; spans.len()];
        order.iter().enumerate().for_each(|(position, place)| positions[*place] = position);
        let mut ends: Vec<usize> = positions.iter().map(|position| position + 1).collect();
        for place in order.iter().rev() {
            if let Some(parent) = parents[*place] {
                ends[parent] = ends[parent].max(ends[*place]);
            }
        }
        Self { spans, parents, children, order, positions, ends, cut }
    }

    /// Everything that lies in a span, in order.
    pub(super) fn within(&self, place: usize) -> &[usize] {
        &self.order[self.positions[place] + 1..self.ends[place]]
    }

    /// The spans that lie in no other.
    pub(super) fn tops(&self) -> impl Iterator<Item = usize> + '_ {
        self.order.iter().copied().filter(|place| self.parents[*place].is_none())
    }

    /// Whether a span has no parent at all, rather than one that is not here.
    pub(super) fn is_root(&self, place: usize) -> bool {
        self.spans[place].parent.is_none()
    }

    /// Whether the span's parent has not arrived, and may never.
    pub(super) fn is_orphan(&self, place: usize) -> bool {
        self.parents[place].is_none() && !self.is_root(place)
    }
}

fn once(spans: Vec<Span>) -> (Vec<Span>, HashMap<(OtelTraceId, SpanId), usize>) {
    let mut places = HashMap::with_capacity(spans.len());
    let mut kept: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        let place = *places.entry((span.trace, span.id)).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(known) if known.end.is_none() || span.end.is_some() => *known = span,
            Some(_) => {}
            None => kept.push(span),
        }
    }
    (kept, places)
}

/// Cuts each circle of parents at its earliest span, which then lies in no other.
fn cut_circles(spans: &[Span], parents: &mut [Option<usize>]) -> usize {
    /// The walk that first came by, counted from 1; 0 before any has.
    const UNSEEN: usize = 0;
    let mut seen_by = vec![UNSEEN; spans.len()];
    let mut cut = 0;
    for start in 0..spans.len() {
        let walk = start + 1;
        let mut at = Some(start);
        while let Some(place) = at.filter(|place| seen_by[*place] == UNSEEN) {
            seen_by[place] = walk;
            at = parents[place];
        }
        let Some(entry) = at.filter(|place| seen_by[*place] == walk) else { continue };
        let next = |place: usize| parents[place].filter(|next| *next != entry);
        let circle = std::iter::successors(Some(entry), |place| next(*place));
        if let Some(first) = circle.min_by_key(|place| (spans[*place].start, *place)) {
            parents[first] = None;
            cut += 1;
        }
    }
    cut
}

/// Children by start, and all spans in reading order. A span that does not say when it started stands where its first child does.
fn arranged(spans: &[Span], parents: &[Option<usize>]) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); spans.len()];
    let mut tops = Vec::new();
    for (place, parent) in parents.iter().enumerate() {
        match parent {
            Some(parent) => children[*parent].push(place),
            None => tops.push(place),
        }
    }
    let outward = walk(&children, &tops);
    let mut starts: Vec<u64> = spans.iter().map(|span| span.start.or(span.end).map_or(u64::MAX, |at| at.0)).collect();
    for place in outward.iter().rev().copied().filter(|place| spans[*place].start.is_none()) {
        starts[place] = children[place].iter().map(|child| starts[*child]).min().unwrap_or(starts[place]).min(starts[place]);
    }
    children.iter_mut().chain([&mut tops]).for_each(|siblings| siblings.sort_by_key(|place| (starts[*place], *place)));
    let order = walk(&children, &tops);
    (children, order)
}

fn walk(children: &[Vec<usize>], tops: &[usize]) -> Vec<usize> {
    let mut order = Vec::with_capacity(children.len());
    let mut open: Vec<usize> = tops.iter().rev().copied().collect();
    while let Some(place) = open.pop() {
        order.push(place);
        open.extend(children[place].iter().rev());
    }
    order
}
