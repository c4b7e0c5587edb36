package journey

import (
	"time"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// scale draws the whole time in proportion: waits, and the work between them.
func (d *drawing) scale(lines []Line, end time.Time) (all []Stretch) {
	begin := d.m.GetAcceptedAt().AsTime()
	whole := end.Sub(begin)
	if d.m.GetAcceptedAt() == nil || whole <= 0 {
		return nil
	}
	x := func(t time.Time) int {
		return min(max(int(int64(ScaleWidth)*int64(t.Sub(begin)/time.Microsecond)/max(int64(whole/time.Microsecond), 1)), 0), ScaleWidth)
	}
	add := func(from, to time.Time, mood, title string) {
		if left, right := x(from), x(to); right > left {
			all = append(all, Stretch{left, right - left, mood, title + " " + d.Language.Took(to.Sub(from))})
		}
	}
	add(begin, end, "", d.w.All)
	for i, l := range lines {
		for _, h := range l.GetHolds() {
			add(h.GetSince().AsTime(), h.GetUntil().AsTime(), "warn", d.Language.Reason(h.GetWhy()))
		}
		if l.GetHop() == "waiting" {
			until := end
			for _, later := range lines[i+1:] {
				if later.GetPart() == l.GetPart() && later.GetGeneration() == l.GetGeneration() {
					until = later.GetTime().AsTime()
					break
				}
			}
			add(l.GetTime().AsTime(), until, "warn", d.Language.Reason(l.GetReason()))
		}
	}
	if n := len(lines); d.m.GetState() == controlv1.State_STATE_WAITING && n > 0 && lines[n-1].GetHop() != "waiting" {
		add(lines[n-1].GetTime().AsTime(), end, "warn", d.Language.Reason(d.m.GetWhy()))
	}
	for _, l := range lines {
		mood := map[string]string{"sent": "good", "delivered": "good", "read": "good", "failed": "bad", "dead": "bad"}[l.GetHop()]
		if mood == "" {
			continue
		}
		at := min(x(l.GetTime().AsTime()), ScaleWidth-markWidth)
		all = append(all, Stretch{at, markWidth, mood, d.t.Hops[l.GetHop()] + " " + d.after(l.GetTime().AsTime())})
	}
	return all
}

// markWidth is how wide an instant is on the scale.
const markWidth = 6
