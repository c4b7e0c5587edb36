package operate

import (
	"context"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Diff says what would be different if the bridge took up a configuration: channels, and streams that are not as this
// version of the bridge wants them. It changes nothing. The configuration refers to nothing, see config.Resolved.
func (o Operator) Diff(ctx context.Context, config []byte) error {
	a, err := ask(ctx, answerWithin, o.Channels.Apply, &controlv1.ApplyRequest{Config: config, DryRun: true, AllowRemoval: true})
	if err != nil {
		return o.failed(err)
	}
	streams, err := ask(ctx, answerWithin, o.System.Streams, &controlv1.StreamsRequest{})
	if err != nil {
		return o.failed(err)
	}
	if o.JSON {
		return o.Record(a)
	}
	w := o.Words.File
	some := different(o.Output, a.GetAdded(), a.GetChanged(), a.GetRemoved())
	for _, s := range streams.GetStreams() {
		for _, what := range s.GetDiffers() {
			some = true
			o.Line(w.Stream, s.GetName(), what)
		}
	}
	if !some {
		o.Line("%s", w.Same)
	}
	return nil
}
