package conversation

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/url"
	"strings"
)

// renderBody shows JSON indented and forms as JSON.
func renderBody(media, boundary string, body []byte) string {
	switch media {
	case "application/x-www-form-urlencoded":
		if values, err := url.ParseQuery(string(body)); err == nil {
			return Indent(flat(values))
		}
	case "multipart/form-data":
		if values, err := parts(boundary, body); err == nil {
			return Indent(values)
		}
	default:
		var v any
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		if d.Decode(&v) == nil {
			return Indent(v)
		}
	}
	return string(body)
}

func flat(values url.Values) map[string]any {
	out := map[string]any{}
	for name, v := range values {
		out[name] = v
		if len(v) == 1 {
			out[name] = v[0]
		}
	}
	return out
}

// parts shows a file by its name, type and size.
func parts(boundary string, body []byte) (map[string]any, error) {
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	out := map[string]any{}
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if part.FileName() == "" {
			out[part.FormName()] = string(data)
			continue
		}
		out[part.FormName()] = map[string]any{
			"file": part.FileName(), "media_type": part.Header.Get("Content-Type"), "size": len(data),
		}
	}
}

// Indent is JSON for people: objects by their keys in order.
func Indent(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}
