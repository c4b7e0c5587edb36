package conversation

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/provider"
)

// RenderError shows the error of a Receive, "" for none.
func RenderError(err error) string {
	if err == nil {
		return ""
	}
	return Indent(map[string]any{"error": err.Error()})
}

// RenderEvents shows what a Receive told.
func RenderEvents(events []provider.Event) string {
	list := []any{}
	for _, e := range events {
		v := map[string]any{}
		put := func(name string, value any, given bool) {
			if given {
				v[name] = value
			}
		}
		put("key", e.Key, e.Key != "")
		put("contact", canonical(e.Contact), e.Contact != nil)
		put("at", e.At.Format(time.RFC3339Nano), !e.At.IsZero())
		put("content", canonical(e.Content), e.Content != nil)
		put("edited", true, e.Edited)
		put("edits", e.Edits, e.Edits != "")
		put("echo", true, e.Echo)
		put("ref", e.Ref, e.Ref != "")
		put("account", e.Account, e.Account != "")
		put("unreadable", e.Unreadable, e.Unreadable != "")
		put("ignored", e.Ignored, e.Ignored != "")
		if p := e.Receipt; p != nil {
			receipt := map[string]any{"ref": p.Ref, "own_id": p.OwnID, "status": p.Status.String(), "reason": p.Reason.String()}
			if p.UpTo {
				receipt["up_to"] = true
			}
			v["receipt"] = receipt
		}
		if p := e.Reply; p != nil {
			v["reply"] = map[string]any{"token": p.Token, "until": p.Until.Format(time.RFC3339Nano)}
		}
		put("state", e.State, e.State != nil)
		list = append(list, v)
	}
	return Indent(list)
}

// canonical is a message as plain JSON; protojson's own spacing changes from build to build.
func canonical(m proto.Message) any {
	data, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		return err.Error()
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil && err != io.EOF {
		return err.Error()
	}
	return v
}
