package telegramtest

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/bonychat/puente/services/egress/telegram/internal/oracle"
)

// maxBody is beyond what Telegram takes: https://core.telegram.org/bots/api#sending-files
const maxBody = 51 << 20

// params are a call's parameters, with the files that came along.
type params struct {
	values map[string]any
	files  map[string]*Upload
}

func (s *Server) read(method string, r *http.Request) (params, error) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	body := http.MaxBytesReader(nil, r.Body, maxBody)
	switch media {
	case "multipart/form-data":
		return s.readForm(method, r, body)
	case "", "application/json":
		data, err := io.ReadAll(body)
		if err != nil {
			return params{}, err
		}
		values, err := oracle.Params(data)
		return params{values: values}, err
	default:
		return params{}, errors.New("unsupported content type")
	}
}

func (s *Server) readForm(method string, r *http.Request, body io.ReadCloser) (params, error) {
	r.Body = body
	parts, err := r.MultipartReader()
	if err != nil {
		return params{}, err
	}
	p := params{files: map[string]*Upload{}}
	fields := map[string]string{}
	var files []string
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return p, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return p, err
		}
		if part.FileName() == "" {
			fields[part.FormName()] = string(data)
			continue
		}
		files = append(files, part.FormName())
		p.files[part.FormName()] = &Upload{Name: part.FileName(), MediaType: part.Header.Get("Content-Type"), Data: data}
	}
	p.values, err = s.table.FormParams(method, fields, files)
	return p, err
}

func (p params) chat() int64 { return p.integer("chat_id") }

func (p params) integer(name string) int64 {
	n, _ := p.values[name].(json.Number)
	i, _ := n.Int64()
	return i
}

func (p params) float(name string) float64 {
	n, _ := p.values[name].(json.Number)
	f, _ := n.Float64()
	return f
}

func (p params) text(name string) string {
	t, _ := p.values[name].(string)
	return t
}

// keyboard is the texts of a reply keyboard.
func (p params) keyboard() [][]string {
	markup, _ := p.values["reply_markup"].(map[string]any)
	rows, _ := markup["keyboard"].([]any)
	var texts [][]string
	for _, row := range rows {
		buttons, _ := row.([]any)
		var line []string
		for _, b := range buttons {
			button, _ := b.(map[string]any)
			text, _ := button["text"].(string)
			line = append(line, text)
		}
		texts = append(texts, line)
	}
	return texts
}

// media is the parameter that a method takes a file by, "" for none: sendPhoto takes photo.
func media(method string) string {
	switch what := strings.ToLower(strings.TrimPrefix(method, "send")); what {
	case "animation", "audio", "document", "photo", "video", "voice":
		return what
	default:
		return ""
	}
}
