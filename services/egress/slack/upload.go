package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

const (
	// maxUpload bounds what is uploaded; Slack takes 1 GB: https://docs.slack.dev/reference/objects/file-object
	maxUpload = 100 << 20
	// maxUntold bounds a file whose address does not tell its size: it is held in memory, since Slack wants to know the size
	// beforehand.
	maxUntold = 10 << 20
)

// attach uploads a file. One that is too large goes as a link: nothing was shared yet.
func (s *sender) attach(ctx context.Context, to place, a *messagev1.Attachment) (provider.Sent, error) {
	if !Network.Carries.Attachment(a.GetKind()) {
		return provider.Sent{}, outcome.Reject(unknownContent, fmt.Errorf("unknown attachment %v", a.GetKind()))
	}
	if a.GetUrl() == "" {
		return provider.Sent{}, outcome.Reject(noFileAddress, errors.New("attachment without url"))
	}
	sent, err := s.share(ctx, to, a)
	if !goesAsLink(err) {
		return sent, err
	}
	link := content.JoinNonEmpty("\n", a.GetCaption(), a.GetUrl())
	if customchannel.CutUTF16(link, Network.Carries.Text.Max) != link {
		return provider.Sent{}, err
	}
	return s.text(ctx, to, link)
}

// goesAsLink says that a file is not to be had at this size, or not taken.
func goesAsLink(err error) bool {
	f := outcome.Classify(err)
	if f == nil || f.Class != result.Rejected {
		return false
	}
	switch f.Reason.Code() {
	case tooLarge.Code(), untold.Code(), badFile.Code(), noStorage.Code():
		return true
	}
	return false
}

// share uploads a file and shares it: https://docs.slack.dev/messaging/working-with-files#uploading_files. Only the last of
// the three calls shows anything to anybody.
func (s *sender) share(ctx context.Context, to place, a *messagev1.Attachment) (provider.Sent, error) {
	file, err := download.Open(ctx, s.client, a, maxUpload, tooLarge, transferTimeout)
	if err != nil {
		return provider.Sent{}, err
	}
	defer file.Close()
	id, err := s.upload(ctx, file)
	if failed := file.Failed(); err != nil && failed != nil {
		return provider.Sent{}, failed // the request broke off with the file
	}
	if err != nil {
		return provider.Sent{}, err
	}
	files, err := json.Marshal([]map[string]string{{"id": id, "title": file.Name}})
	if err != nil {
		return provider.Sent{}, fmt.Errorf("encode the file: %w", err)
	}
	// https://docs.slack.dev/reference/methods/files.completeUploadExternal
	form := url.Values{"files": {string(files)}, "channel_id": {to.channel}}
	if a.GetCaption() != "" {
		form.Set("initial_comment", escape(a.GetCaption()))
	}
	if to.thread != "" {
		form.Set("thread_ts", to.thread)
	}
	if _, err := s.do(ctx, call{method: "files.completeUploadExternal", form: form}); err != nil {
		return provider.Sent{}, err
	}
	return provider.Sent{Ref: to.channel + ":" + id}, nil
}

// upload streams the file from where it is to Slack, and returns its id.
func (s *sender) upload(ctx context.Context, file *download.File) (id string, err error) {
	body, length, err := sized(file)
	if err != nil {
		return "", err
	}
	// https://docs.slack.dev/reference/methods/files.getUploadURLExternal
	var place struct {
		URL string `json:"upload_url"`
		ID  string `json:"file_id"`
	}
	form := url.Values{"filename": {file.Name}, "length": {strconv.FormatInt(length, 10)}}
	if _, err := s.ask(ctx, call{method: "files.getUploadURLExternal", form: form, again: true}, &place); err != nil {
		return "", err
	}
	if place.URL == "" || place.ID == "" || len(place.ID) > 40 {
		return "", outcome.Temporary(strangeAnswer, errors.New("files.getUploadURLExternal: no address or no id"))
	}
	resp, err := s.client.Do(ctx, httpclient.Request{
		URL: place.URL, Guarded: true, Told: true, Body: body, Length: length, ContentType: "application/octet-stream",
		Timeout: transferTimeout, Idempotent: true, NoAnswer: noAnswer,
	})
	if err != nil {
		return "", err
	}
	if !resp.OK() {
		after, _ := resp.RetryAfter()
		return "", outcome.TemporaryAfter(after, outOfOrder, fmt.Errorf("upload: status %d", resp.Status))
	}
	return place.ID, nil
}

// sized is the file with its length.
func sized(file *download.File) (io.Reader, int64, error) {
	if file.Size > 0 {
		return file, file.Size, nil
	}
	data, err := io.ReadAll(io.LimitReader(file, maxUntold+1))
	switch {
	case err != nil:
		return nil, 0, err
	case len(data) > maxUntold:
		return nil, 0, outcome.Reject(untold, errors.New("file of unknown size over 10 MB"))
	case len(data) == 0:
		return nil, 0, outcome.Reject(fileEmpty, errors.New("empty file"))
	}
	return bytes.NewReader(data), int64(len(data)), nil
}
