//! Who stands where: from the size of the terminal, the focus and where borders were moved to, to rectangles.
//!
//! ```text
//! below 60x16      too small, says the size needed
//! up to 119        tabs / one pane / status / hints
//! 120 to 159       the same, with list and detail side by side
//! from 160x40      list │ side        zoom gives the focused pane everything between tabs and status
//!                       │ side
//!                  ─────┤ side
//!                  detail desk
//! ```

use ratatui::layout::Rect;

use super::{
    borders::{Border, Borders, Edge},
    pane::{PaneId, Room, Spec},
};

/// The least columns that can be worked with.
pub const LEAST_WIDTH: u16 = 60;
/// The least rows that can be worked with.
pub const LEAST_HEIGHT: u16 = 16;
/// What is believed of a terminal at most, in columns: what says more lies, and drawing it would cost all memory.
const MOST_WIDTH: u16 = 1_000;
/// What is believed of a terminal at most, in rows.
const MOST_HEIGHT: u16 = 400;
/// What is assumed of a terminal that does not know its own size.
const ASSUMED: (u16, u16) = (80, 24);
/// The least columns a moved border leaves a pane.
const LEAST_COLUMNS: u16 = 24;
/// The least rows a moved border leaves a pane, its frame included.
const LEAST_ROWS: u16 = 4;
/// The least rows a moved border leaves a pane of the desk, its header included.
const LEAST_DESK_ROWS: u16 = 2;
/// From here list and detail stand side by side.
const BESIDE_WIDTH: u16 = 120;
/// From here all panes are shown.
const WHOLE_WIDTH: u16 = 160;
/// From here all panes are shown.
const WHOLE_HEIGHT: u16 = 40;

/// Who stands where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    /// The line of tabs.
    pub tabs: Rect,
    /// The panes on the screen, in the order Tab goes round.
    pub places: Vec<Place>,
    /// The borders between them, which can be moved.
    pub edges: Vec<Edge>,
    /// The status line.
    pub status: Rect,
    /// The hint line.
    pub hints: Rect,
}

/// Where a pane stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The pane.
    pub pane: PaneId,
    /// Its frame. Panes of the desk share one.
    pub frame: Rect,
    /// Where its title goes when it shares a frame; otherwise the frame's upper edge has it.
    pub header: Option<Rect>,
    /// Its inside.
    pub inside: Rect,
}

impl Arrangement {
    /// The rectangle between tabs and status line.
    #[must_use]
    pub const fn body(&self) -> Rect {
        Rect { x: 0, y: self.tabs.height, width: self.tabs.width, height: self.status.y.saturating_sub(self.tabs.height) }
    }
}

/// The size to draw for, from what a terminal says of itself: 80x24 when it knows none, and never so large that drawing costs all memory.
#[must_use]
pub fn believable(width: u16, height: u16) -> (u16, u16) {
    if width == 0 || height == 0 { ASSUMED } else { (width.min(MOST_WIDTH), height.min(MOST_HEIGHT)) }
}

/// Arranges the panes; `None` when the terminal is too small.
#[must_use]
pub fn arrange(width: u16, height: u16, specs: &[&'static Spec], focus: PaneId, zoomed: bool, borders: &Borders) -> Option<Arrangement> {
    if width < LEAST_WIDTH || height < LEAST_HEIGHT {
        return None;
    }
    let body = Rect::new(0, 1, width, height - 3);
    let room_of = |id: PaneId| specs.iter().find(|spec| spec.id == id).map(|spec| spec.room);
    let mut plan = Plan { specs, borders, places: Vec::new(), edges: Vec::new() };
    if zoomed {
        plan.places.push(framed(focus, body));
    } else if width >= WHOLE_WIDTH && height >= WHOLE_HEIGHT {
        plan.whole(body);
    } else if width >= BESIDE_WIDTH && matches!(room_of(focus), Some(Room::List | Room::Detail)) {
        plan.beside(body);
    } else {
        plan.places.push(framed(focus, body));
    }
    Some(Arrangement {
        tabs: Rect::new(0, 0, width, 1),
        places: plan.places,
        edges: plan.edges,
        status: Rect::new(0, height - 2, width, 1),
        hints: Rect::new(0, height - 1, width, 1),
    })
}

fn framed(pane: PaneId, frame: Rect) -> Place {
    let inside =
        Rect::new(frame.x.saturating_add(1), frame.y.saturating_add(1), frame.width.saturating_sub(2), frame.height.saturating_sub(2));
    Place { pane, frame, header: None, inside }
}

/// An arrangement being made.
struct Plan<'a> {
    specs: &'a [&'static Spec],
    borders: &'a Borders,
    places: Vec<Place>,
    edges: Vec<Edge>,
}

impl Plan<'_> {
    fn of_room(&self, room: Room) -> Vec<PaneId> {
        self.specs.iter().filter(|spec| spec.room == room).map(|spec| spec.id).collect()
    }

    /// Cuts a rectangle in two with an upright border and keeps where it is. `usual` is its place when nobody moved it.
    fn upright(&mut self, border: Border, usual: u16, area: Rect, panes: [Vec<PaneId>; 2]) -> [Rect; 2] {
        let reach = (area.x + LEAST_COLUMNS, area.right().saturating_sub(LEAST_COLUMNS));
        let x = self.borders.place(border, usual, (area.x, area.width), reach);
        let handle = Rect { x: x.saturating_sub(1), width: 2, ..area };
        self.edges.push(Edge { border, upright: true, at: x, span: (area.x, area.width), reach, handle, panes });
        [Rect { width: x - area.x, ..area }, Rect { x, width: area.right() - x, ..area }]
    }

    /// The same with a level border; `reach` says between which rows it may stand, `grip` how many rows take hold of it.
    fn level(&mut self, border: Border, usual: u16, area: Rect, reach: (u16, u16), grip: u16, panes: [Vec<PaneId>; 2]) -> u16 {
        let y = self.borders.place(border, usual, (area.y, area.height), reach);
        let handle = Rect { y: (y + 1).saturating_sub(grip), height: grip, ..area };
        self.edges.push(Edge { border, upright: false, at: y, span: (area.y, area.height), reach, handle, panes });
        y
    }

    /// List left, detail right, the list a little wider than half.
    fn beside(&mut self, body: Rect) {
        let panes = [self.of_room(Room::List), self.of_room(Room::Detail)];
        let halves = self.upright(Border::Beside, 5_500, body, panes.clone());
        for (panes, half) in panes.into_iter().zip(halves) {
            self.places.extend(panes.into_iter().map(|pane| framed(pane, half)));
        }
    }

    /// All panes: list and detail in the left 65 %, the rest stacked in the right column.
    fn whole(&mut self, body: Rect) {
        let (list, detail) = (self.of_room(Room::List), self.of_room(Room::Detail));
        let (sides, desk) = (self.of_room(Room::Side), self.of_room(Room::Desk));
        let left_panes = list.iter().chain(&detail).copied().collect();
        let right_panes = sides.iter().chain(&desk).copied().collect();
        let [left, right] = self.upright(Border::Column, 6_500, body, [left_panes, right_panes]);
        let reach = (left.y + LEAST_ROWS, left.bottom().saturating_sub(LEAST_ROWS));
        let y = self.level(Border::Row, 6_000, left, reach, 2, [list.clone(), detail.clone()]);
        let upper = Rect { height: y - left.y, ..left };
        let lower = Rect { y, height: left.bottom() - y, ..left };
        self.places.extend(list.into_iter().map(|pane| framed(pane, upper)));
        self.column(right, &sides, &desk);
        self.places.extend(detail.into_iter().map(|pane| framed(pane, lower)));
    }

    /// The right column: panes of a fifth each, then the desk.
    fn column(&mut self, area: Rect, sides: &[PaneId], desk: &[PaneId]) {
        let least_desk = 2 + LEAST_DESK_ROWS * u16::try_from(desk.len()).unwrap_or(u16::MAX);
        let mut top = area.y;
        for (index, pane) in (0u8..).zip(sides) {
            let after: Vec<PaneId> = sides.get(usize::from(index) + 1).map_or_else(|| desk.to_vec(), |next| vec![*next]);
            let under = u16::try_from(sides.len()).unwrap_or(u16::MAX).saturating_sub(u16::from(index) + 1);
            let reach = (top + LEAST_ROWS, area.bottom().saturating_sub(under.saturating_mul(LEAST_ROWS).saturating_add(least_desk)));
            let usual = 2_000u16.saturating_mul(u16::from(index) + 1);
            let y = self.level(Border::Side(index), usual, area, reach, 2, [vec![*pane], after]);
            self.places.push(framed(*pane, Rect { y: top, height: y - top, ..area }));
            top = y;
        }
        self.desk(Rect { y: top, height: area.bottom().saturating_sub(top), ..area }, desk);
    }

    /// One frame for several panes: each gets a header line and an equal share.
    fn desk(&mut self, frame: Rect, panes: &[PaneId]) {
        let inside = framed(PaneId(""), frame).inside;
        let count = u16::try_from(panes.len()).unwrap_or(u16::MAX).max(1);
        let mut top = inside.y;
        for (index, pane) in (0u8..).zip(panes) {
            let bottom = match panes.get(usize::from(index) + 1) {
                Some(next) => {
                    let under = count.saturating_sub(u16::from(index) + 1);
                    let reach = (top + LEAST_DESK_ROWS, inside.bottom().saturating_sub(under.saturating_mul(LEAST_DESK_ROWS)));
                    let usual = u16::try_from((10_000 * (u32::from(index) + 1)).div_ceil(u32::from(count))).unwrap_or(10_000);
                    self.level(Border::Desk(index), usual, inside, reach, 1, [vec![*pane], vec![*next]])
                }
                None => inside.bottom(),
            };
            let header = Rect { y: top, height: (bottom - top).min(1), ..inside };
            let own = Rect { y: top + header.height, height: bottom - top - header.height, ..inside };
            self.places.push(Place { pane: *pane, frame, header: Some(header), inside: own });
            top = bottom;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use crate::workbench::panes::PANES;

    use super::*;

    fn specs() -> Vec<&'static Spec> {
        PANES.iter().map(|pane| pane.spec).collect()
    }

    fn shown(width: u16, height: u16, focus: &'static str) -> Vec<&'static str> {
        let arrangement = arrange(width, height, &specs(), PaneId(focus), false, &Borders::default()).unwrap();
        arrangement.places.iter().map(|place| place.pane.0).collect()
    }

    #[test]
    fn what_is_shown_depends_on_the_size() {
        assert_eq!(arrange(59, 40, &specs(), PaneId("stream"), false, &Borders::default()), None);
        assert_eq!(arrange(200, 15, &specs(), PaneId("stream"), false, &Borders::default()), None);
        assert_eq!(shown(60, 16, "cost"), ["cost"]);
        assert_eq!(shown(119, 60, "stream"), ["stream"]);
        assert_eq!(shown(120, 16, "stream"), ["stream", "trace"]);
        assert_eq!(shown(120, 40, "trace"), ["stream", "trace"]);
        assert_eq!(shown(159, 60, "cost"), ["cost"]);
        assert_eq!(shown(160, 39, "stream"), ["stream", "trace"]);
        assert_eq!(shown(160, 40, "cost").len(), 7);
    }

    #[test]
    fn a_size_that_cannot_be_is_not_believed() {
        assert_eq!(believable(0, 0), (80, 24));
        assert_eq!(believable(0, 50), (80, 24));
        assert_eq!(believable(200, 60), (200, 60));
        let (width, height) = believable(u16::MAX, u16::MAX);
        assert!(u32::from(width) * u32::from(height) <= 400_000, "drawing this would cost all memory");
    }

    /// Borders somewhere, sensible or not.
    fn moved() -> impl Strategy<Value = Borders> {
        let border = prop_oneof![
            Just(Border::Beside),
            Just(Border::Column),
            Just(Border::Row),
            (0u8..4).prop_map(Border::Side),
            (0u8..3).prop_map(Border::Desk),
        ];
        prop::collection::vec((border, any::<u16>()), 0..8).prop_map(|moved| {
            let mut borders = Borders::default();
            moved.into_iter().for_each(|(border, share)| borders.set(border, share));
            borders
        })
    }

    proptest! {
        #[test]
        fn panes_stay_on_the_screen_and_apart(
            width in 60u16..400, height in 16u16..150, focus in 0usize..7, zoomed: bool, borders in moved(),
        ) {
            let specs = specs();
            let arrangement = arrange(width, height, &specs, specs[focus].id, zoomed, &borders).unwrap();
            let screen = Rect::new(0, 0, width, height);
            prop_assert!(arrangement.places.iter().any(|place| place.pane == specs[focus].id), "the focused pane is shown");
            for place in &arrangement.places {
                prop_assert_eq!(place.frame.intersection(screen), place.frame);
                prop_assert_eq!(place.inside.intersection(place.frame), place.inside);
                prop_assert!(place.frame.y > arrangement.tabs.y && place.frame.bottom() <= arrangement.status.y);
                prop_assert!(place.inside.width > 0 && place.inside.height > 0, "{:?} has no room", place);
                for other in arrangement.places.iter().filter(|other| other.pane != place.pane) {
                    prop_assert!(place.inside.intersection(other.inside).is_empty(), "{:?} and {:?}", place, other);
                }
            }
            let inside: u32 = arrangement.places.iter().map(|place| place.inside.area()).sum();
            prop_assert!(inside < arrangement.body().area());
        }

        #[test]
        fn a_border_goes_where_it_is_dragged_within_its_reach(
            width in 160u16..400, height in 40u16..150, which in 0usize..8, to in 0u16..400, borders in moved(),
        ) {
            let specs = specs();
            let arranged = |borders: &Borders| arrange(width, height, &specs, specs[0].id, false, borders).unwrap();
            let before = arranged(&borders);
            let edge = &before.edges[which % before.edges.len()];
            let mut borders = borders;
            borders.set(edge.border, edge.share_at(to));
            let after = arranged(&borders);
            let moved = after.edges.iter().find(|other| other.border == edge.border).unwrap();
            prop_assert_eq!(moved.at, to.clamp(edge.reach.0, edge.reach.1.max(edge.reach.0)));
        }
    }
}
