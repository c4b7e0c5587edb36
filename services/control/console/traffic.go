package console

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Times that plots show, in minutes.
var trafficMinutes = []string{"60", "1440", "10080"}

const trafficPath = Path + "traffic"

// trafficBody is the page of what went, as plots and as a table.
type trafficBody struct {
	Channel string
	Times   []option
	Plots   plots
	Points  []*controlv1.TrafficPoint
}

// plots are those of a page: where the script finds their figures, and where they are as a table.
type plots struct {
	Page        *page
	Data, Table string
	Title       string
	Offset      int
}

// Plots are those of a channel, or of all for "", over the last hour.
func (p *page) Plots(channel string) plots { return p.plots(channel, "60") }

func (p *page) plots(channel, minutes string) plots {
	v := url.Values{"minutes": {minutes}}
	if channel != "" {
		v.Set("channel", channel)
	}
	_, offset := p.Now.Zone()
	return plots{Page: p, Data: Path + "traffic.json?" + v.Encode(), Table: trafficPath + "?" + v.Encode(), Title: p.W.Traffic.Times[minutes], Offset: offset}
}

// trafficOf asks for the figures that an address asks for.
func (c *Console) trafficOf(q *request) (minutes string, a *controlv1.TrafficResponse, err error) {
	if minutes = q.r.URL.Query().Get("minutes"); !slices.Contains(trafficMinutes, minutes) {
		minutes = trafficMinutes[0]
	}
	n, _ := strconv.Atoi(minutes)
	a, err = ask(q.ctx, c.api.system.Traffic, &controlv1.TrafficRequest{Channel: q.r.URL.Query().Get("channel"), Minutes: uint32(n)})
	return minutes, a, err
}

func (c *Console) traffic(q *request) (*page, error) {
	minutes, a, err := c.trafficOf(q)
	if err != nil {
		return nil, err
	}
	b := &trafficBody{Channel: q.r.URL.Query().Get("channel"), Times: options(trafficMinutes, q.W.Traffic.Times, minutes), Points: a.GetPoints()}
	slices.Reverse(b.Points)
	b.Points = slices.DeleteFunc(b.Points, func(p *controlv1.TrafficPoint) bool { return p.GetOut()+p.GetIn()+p.GetFailed()+p.GetOpen() == 0 })
	p := &page{name: "traffic", Title: q.W.Traffic.Title, Body: b}
	p.request = q
	b.Plots = p.plots(b.Channel, minutes)
	return p, nil
}

// figures are the points of plots as the script reads them: a list for each series.
type figures struct {
	T      []int64   `json:"t"`
	Out    []uint64  `json:"out"`
	In     []uint64  `json:"in"`
	Failed []uint64  `json:"failed"`
	Open   []uint64  `json:"open"`
	P95    []float64 `json:"p95"`
}

func (c *Console) trafficData(q *request) (*page, error) {
	_, a, err := c.trafficOf(q)
	if err != nil {
		return nil, err
	}
	f := figures{T: []int64{}}
	for _, p := range a.GetPoints() {
		f.T, f.Out, f.In = append(f.T, p.GetTime().GetSeconds()), append(f.Out, p.GetOut()), append(f.In, p.GetIn())
		f.Failed, f.Open, f.P95 = append(f.Failed, p.GetFailed()), append(f.Open, p.GetOpen()), append(f.P95, p.GetP95Seconds())
	}
	data, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	q.w.Header().Set("Content-Type", "application/json")
	send(q.w, q.r, http.StatusOK, data)
	return nil, nil
}

// Seconds is a time in seconds, for people; "" for none.
func (q *request) Seconds(s float64) string {
	if s == 0 {
		return ""
	}
	return q.Lang.Decimal(strconv.FormatFloat(s, 'f', 2, 64)) + " s"
}
