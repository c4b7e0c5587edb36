package journey

import controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"

// Line is a hop as it is shown, with the receipt that says the same of the same piece, nil for none.
type Line struct {
	*controlv1.Hop
	Receipt *controlv1.Hop
}

// Fold are hops with one line for what was sent, where the network's receipt says so too: that of the send's outcome, whichever
// came first. A receipt has no tries.
func Fold(hops []*controlv1.Hop) []Line {
	type piece struct{ part, generation uint32 }
	of := func(h *controlv1.Hop) piece { return piece{h.GetPart(), h.GetGeneration()} }
	outcome, receipt := map[piece]*controlv1.Hop{}, map[piece]*controlv1.Hop{}
	for _, h := range hops {
		first := outcome[of(h)]
		switch {
		case h.GetHop() != "sent":
		case first == nil:
			outcome[of(h)] = h
		case first.GetAttempts() == 0 && h.GetAttempts() > 0:
			outcome[of(h)], receipt[of(h)] = h, first
		default:
			receipt[of(h)] = h
		}
	}
	var lines []Line
	for _, h := range hops {
		switch {
		case h.GetHop() != "sent":
			lines = append(lines, Line{Hop: h})
		case outcome[of(h)] == h:
			lines = append(lines, Line{h, receipt[of(h)]})
		}
	}
	return lines
}
