package auth

import (
	"time"

	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
)

// Procedure is what is known of a procedure before it is called.
type Procedure struct {
	// Right is what it needs at least. A procedure may ask for more, by what it is asked.
	Right Right
	// Within bounds how long a call lasts; then it ends with deadline_exceeded.
	Within time.Duration
	// Most is the largest request in bytes.
	Most int64
}

// Bounds of calls.
const (
	quick = 30 * time.Second
	// asking is for calls that ask a network: its client gives up after a minute.
	asking = 90 * time.Second
	// replaying is beyond the longest time that a replay waits, 10 minutes.
	replaying = 30 * time.Minute
	watching  = time.Hour

	small = 64 << 10
	// draft is a channel whose account has as many settings as there may be, each as long as may be.
	draft = 1 << 20
	// wholeFile is a configuration file of 8 MB as JSON writes bytes: a third longer.
	wholeFile = 11 << 20
)

// procedures are all that the API has. What is not here is refused: TestEveryProcedureIsInTheTable compares it with the
// services.
var procedures = map[string]Procedure{
	controlv1connect.MessageServiceWhereProcedure:        {Read, quick, small},
	controlv1connect.MessageServiceListMessagesProcedure: {Read, quick, small},
	controlv1connect.MessageServiceWatchProcedure:        {Read, watching, small},

	controlv1connect.ChannelServiceListChannelsProcedure:    {Read, quick, small},
	controlv1connect.ChannelServiceGetChannelProcedure:      {Read, quick, small},
	controlv1connect.ChannelServicePauseChannelProcedure:    {Write, quick, small},
	controlv1connect.ChannelServiceResumeChannelProcedure:   {Write, quick, small},
	controlv1connect.ChannelServiceCheckChannelProcedure:    {Read, asking, small},
	controlv1connect.ChannelServiceRegisterChannelProcedure: {Write, asking, small},
	controlv1connect.ChannelServiceApplyProcedure:           {Write, asking, wholeFile},
	controlv1connect.ChannelServiceListNetworksProcedure:    {Read, quick, small},
	controlv1connect.ChannelServiceDraftChannelProcedure:    {Read, quick, draft},
	controlv1connect.ChannelServiceAddChannelProcedure:      {Write, asking, draft},
	controlv1connect.ChannelServiceTryChannelProcedure:      {Write, asking, draft},
	controlv1connect.ChannelServiceGetSetupProcedure:        {Read, quick, small},
	controlv1connect.ChannelServiceChangeChannelProcedure:   {Write, asking, draft},
	controlv1connect.ChannelServiceRemoveChannelProcedure:   {Write, quick, small},

	controlv1connect.FailureServiceListFailuresProcedure:      {Read, quick, small},
	controlv1connect.FailureServiceSummarizeFailuresProcedure: {Read, quick, small},
	controlv1connect.FailureServiceShowDeadLetterProcedure:    {Read, quick, small},
	controlv1connect.FailureServiceReplayFailuresProcedure:    {Write, replaying, small},
	controlv1connect.FailureServiceDiscardFailuresProcedure:   {Write, replaying, small},

	controlv1connect.WebhookServiceListCallsProcedure:    {Read, asking, small},
	controlv1connect.WebhookServiceShowCallProcedure:     {Read, asking, small},
	controlv1connect.WebhookServiceReplayCallsProcedure:  {Write, replaying, small},
	controlv1connect.WebhookServiceListRefusalsProcedure: {Read, quick, small},

	controlv1connect.SystemServiceStatusProcedure:    {Read, quick, small},
	controlv1connect.SystemServiceBacklogProcedure:   {Read, quick, small},
	controlv1connect.SystemServiceTrafficProcedure:   {Read, quick, small},
	controlv1connect.SystemServiceProcessesProcedure: {Read, quick, small},
	controlv1connect.SystemServiceStreamsProcedure:   {Read, quick, small},
	controlv1connect.SystemServiceListAuditProcedure: {Read, quick, small},

	"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo":      {Read, replaying, small},
	"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": {Read, replaying, small},
}

// ProcedureOf is what is known of a procedure, by its path: "/puente.control.v1.SystemService/Status".
func ProcedureOf(path string) (Procedure, bool) {
	p, ok := procedures[path]
	return p, ok
}
