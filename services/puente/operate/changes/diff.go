// Package changes says what a configuration would change of a bridge, and has the bridge on this machine read its file again.
//
//	err := changes.Diff(ctx, op, resolved)
//	err = changes.Reload(ctx, bridge, out)
package changes

import (
	"context"
	"fmt"
	"strings"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Diff says what would be different if the bridge took up a configuration: channels, and streams that are not as this
// version of the bridge wants them. It changes nothing. The configuration refers to nothing, see config.Resolved.
func Diff(ctx context.Context, o operate.Operator, config []byte) error {
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.Apply, &controlv1.ApplyRequest{Config: config, DryRun: true, AllowRemoval: true})
	if err != nil {
		return o.Failed(err)
	}
	streams, err := api.Ask(ctx, api.AnswerWithin, o.System.Streams, &controlv1.StreamsRequest{})
	if err != nil {
		return o.Failed(err)
	}
	var differs []string
	for _, s := range streams.GetStreams() {
		for _, what := range s.GetDiffers() {
			if !strings.HasPrefix(what, "stream ") { // what is wrong with one names it, as a rule
				what = fmt.Sprintf(o.Words.File.Stream, s.GetName(), what)
			}
			differs = append(differs, what)
		}
	}
	_, err = Differences(o.Output, Difference{Added: a.GetAdded(), Changed: a.GetChanged(), Removed: a.GetRemoved(), Streams: differs})
	return err
}

// Difference is what would be different: the ids of channels, and of streams what would be made and changed, each in words.
type Difference struct {
	Added   []string `json:"added"`
	Changed []string `json:"changed"`
	Removed []string `json:"removed"`
	Streams []string `json:"streams"`
}

// Differences writes what would be different, and says whether anything would.
func Differences(o render.Output, d Difference) (some bool, err error) {
	some = len(d.Added)+len(d.Changed)+len(d.Removed)+len(d.Streams) > 0
	if o.JSON {
		for _, list := range []*[]string{&d.Added, &d.Changed, &d.Removed, &d.Streams} {
			if *list == nil {
				*list = []string{} // never null
			}
		}
		return some, o.Value(d)
	}
	different(o, d.Added, d.Changed, d.Removed)
	for _, what := range d.Streams {
		o.Line("%s", what)
	}
	if !some {
		o.Line("%s", o.Words.File.Same)
	}
	return some, nil
}

// different writes which channels are not as they were.
func different(o render.Output, added, changed, removed []string) {
	w := o.Words.File
	o.Pairs(render.Pair{Name: w.Added, Value: o.List(added)}, render.Pair{Name: w.Changed, Value: o.List(changed)}, render.Pair{Name: w.Removed, Value: o.List(removed)})
}
