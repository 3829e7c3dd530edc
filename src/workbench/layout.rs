//! Who stands where: from the size of the terminal and the focus to rectangles.
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

use super::pane::{PaneId, Room, Spec};

/// The least columns that can be worked with.
pub const LEAST_WIDTH: u16 = 60;
/// The least rows that can be worked with.
pub const LEAST_HEIGHT: u16 = 16;
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

/// Arranges the panes; `None` when the terminal is too small.
#[must_use]
pub fn arrange(width: u16, height: u16, specs: &[&'static Spec], focus: PaneId, zoomed: bool) -> Option<Arrangement> {
    if width < LEAST_WIDTH || height < LEAST_HEIGHT {
        return None;
    }
    let body = Rect::new(0, 1, width, height - 3);
    let room_of = |id: PaneId| specs.iter().find(|spec| spec.id == id).map(|spec| spec.room);
    let places = if zoomed {
        vec![framed(focus, body)]
    } else if width >= WHOLE_WIDTH && height >= WHOLE_HEIGHT {
        whole(body, specs)
    } else if width >= BESIDE_WIDTH && matches!(room_of(focus), Some(Room::List | Room::Detail)) {
        beside(body, specs)
    } else {
        vec![framed(focus, body)]
    };
    Some(Arrangement {
        tabs: Rect::new(0, 0, width, 1),
        places,
        status: Rect::new(0, height - 2, width, 1),
        hints: Rect::new(0, height - 1, width, 1),
    })
}

fn framed(pane: PaneId, frame: Rect) -> Place {
    let inside =
        Rect::new(frame.x.saturating_add(1), frame.y.saturating_add(1), frame.width.saturating_sub(2), frame.height.saturating_sub(2));
    Place { pane, frame, header: None, inside }
}

fn of_room(specs: &[&'static Spec], room: Room) -> Vec<PaneId> {
    specs.iter().filter(|spec| spec.room == room).map(|spec| spec.id).collect()
}

/// List left, detail right, the list a little wider than half.
fn beside(body: Rect, specs: &[&'static Spec]) -> Vec<Place> {
    let left = body.width * 11 / 20;
    let halves = [Rect { width: left, ..body }, Rect { x: body.x + left, width: body.width - left, ..body }];
    let panes = of_room(specs, Room::List).into_iter().chain(of_room(specs, Room::Detail));
    panes.zip(halves).map(|(pane, frame)| framed(pane, frame)).collect()
}

/// All panes: list and detail in the left 65 %, the rest stacked in the right column.
fn whole(body: Rect, specs: &[&'static Spec]) -> Vec<Place> {
    let left = body.width * 13 / 20;
    let list_height = body.height * 3 / 5;
    let list = Rect { width: left, height: list_height, ..body };
    let detail = Rect { y: body.y + list_height, width: left, height: body.height - list_height, ..body };
    let column = Rect { x: body.x + left, width: body.width - left, ..body };
    let mut places = Vec::new();
    places.extend(of_room(specs, Room::List).into_iter().map(|pane| framed(pane, list)));
    let sides = of_room(specs, Room::Side);
    let each = body.height / 5;
    let mut y = column.y;
    for pane in sides {
        places.push(framed(pane, Rect { y, height: each, ..column }));
        y += each;
    }
    places.extend(desk(Rect { y, height: column.bottom().saturating_sub(y), ..column }, &of_room(specs, Room::Desk)));
    places.extend(of_room(specs, Room::Detail).into_iter().map(|pane| framed(pane, detail)));
    places
}

/// One frame for several panes: each gets a header line and an equal share, the last the remainder.
fn desk(frame: Rect, panes: &[PaneId]) -> Vec<Place> {
    let inside = framed(PaneId(""), frame).inside;
    let count = u16::try_from(panes.len()).unwrap_or(1).max(1);
    let share = inside.height / count;
    let mut places = Vec::new();
    for (index, pane) in (0u16..).zip(panes) {
        let y = inside.y + share * index;
        let height = if index + 1 == count { inside.bottom().saturating_sub(y) } else { share };
        let header = Rect { y, height: height.min(1), ..inside };
        let inside = Rect { y: y + header.height, height: height - header.height, ..inside };
        places.push(Place { pane: *pane, frame, header: Some(header), inside });
    }
    places
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
        let arrangement = arrange(width, height, &specs(), PaneId(focus), false).unwrap();
        arrangement.places.iter().map(|place| place.pane.0).collect()
    }

    #[test]
    fn what_is_shown_depends_on_the_size() {
        assert_eq!(arrange(59, 40, &specs(), PaneId("stream"), false), None);
        assert_eq!(arrange(200, 15, &specs(), PaneId("stream"), false), None);
        assert_eq!(shown(60, 16, "cost"), ["cost"]);
        assert_eq!(shown(119, 60, "stream"), ["stream"]);
        assert_eq!(shown(120, 16, "stream"), ["stream", "trace"]);
        assert_eq!(shown(120, 40, "trace"), ["stream", "trace"]);
        assert_eq!(shown(159, 60, "cost"), ["cost"]);
        assert_eq!(shown(160, 39, "stream"), ["stream", "trace"]);
        assert_eq!(shown(160, 40, "cost").len(), 7);
    }

    proptest! {
        #[test]
        fn panes_stay_on_the_screen_and_apart(width in 60u16..400, height in 16u16..150, focus in 0usize..7, zoomed: bool) {
            let specs = specs();
            let arrangement = arrange(width, height, &specs, specs[focus].id, zoomed).unwrap();
            let screen = Rect::new(0, 0, width, height);
            prop_assert!(arrangement.places.iter().any(|place| place.pane == specs[focus].id), "the focused pane is shown");
            for place in &arrangement.places {
                prop_assert_eq!(place.frame.intersection(screen), place.frame);
                prop_assert_eq!(place.inside.intersection(place.frame), place.inside);
                prop_assert!(place.frame.y > arrangement.tabs.y && place.frame.bottom() <= arrangement.status.y);
                for other in arrangement.places.iter().filter(|other| other.pane != place.pane) {
                    prop_assert!(place.inside.intersection(other.inside).is_empty(), "{:?} and {:?}", place, other);
                }
            }
        }
    }
}
