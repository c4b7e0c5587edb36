package matrix

import "github.com/bonychat/puente/pkg/reason"

// said is all that Matrix's code may say of a message, a file or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	noAnswer = said.New("no_answer", reason.Network,
		"the homeserver did not answer",
		"el servidor Matrix no ha respondido")
	outOfOrder = said.New("out_of_order", reason.Network,
		"the homeserver is out of order",
		"el servidor Matrix no funciona en este momento")
	overLimit = said.New("over_limit", reason.Network,
		"the homeserver is over a limit of its own",
		"el servidor Matrix ha superado un límite propio")
	notMatrix = said.New("stranger", reason.Network,
		"something other than the homeserver answers",
		"responde algo que no es el servidor Matrix")
	unreadableAnswer = said.New("unreadable_answer", reason.Network,
		"the homeserver's answer cannot be read",
		"no se entiende la respuesta del servidor Matrix")
	tokenUnknown = said.New("token_unknown", reason.Setup,
		"the homeserver does not know the as_token: give it the registration that is printed at the start, or put as_token right",
		"el servidor Matrix no conoce el as_token: entréguele el registro que se muestra al arrancar, o corrija as_token")
	tokenMissing = said.New("token_missing", reason.Setup,
		"the homeserver sees no as_token: something on the way removes it",
		"al servidor Matrix no le llega el as_token: algo lo elimina por el camino")
	userDeactivated = said.New("user_deactivated", reason.Setup,
		"the channel's user is deactivated on the homeserver",
		"el usuario del canal está desactivado en el servidor Matrix")
	userLocked = said.New("user_locked", reason.Setup,
		"the channel's user is locked on the homeserver",
		"el usuario del canal está bloqueado en el servidor Matrix")
	userSuspended = said.New("user_suspended", reason.Setup,
		"the channel's user is suspended on the homeserver",
		"el usuario del canal está suspendido en el servidor Matrix")
	termsNotAccepted = said.New("terms_not_accepted", reason.Setup,
		"the homeserver wants its terms to be accepted for the channel's user",
		"el servidor Matrix pide que se acepten sus condiciones para el usuario del canal")
	namesDiffer = said.New("names_differ", reason.Setup,
		"the registration at the homeserver does not hold the channel's names: user_prefix or server_name differ",
		"el registro en el servidor Matrix no incluye los nombres del canal: user_prefix o server_name no coinciden")
	noHomeserver = said.New("no_homeserver", reason.Setup,
		"what answers at the homeserver's address does not know this call: it is no Matrix homeserver, or an old one",
		"lo que responde en la dirección del servidor no conoce esta llamada: no es un servidor Matrix, o es antiguo")
	tokenRefused = said.New("token_refused", reason.Setup,
		"the homeserver refuses the as_token",
		"el servidor Matrix rechaza el as_token")
	tooLargeForServer = said.New("too_large_for_server", reason.Agent,
		"it is larger than the homeserver takes",
		"es más grande de lo que admite el servidor Matrix")
	refusedStatus = said.New("refused", reason.Network,
		"the homeserver refused it ({status})",
		"el servidor Matrix lo ha rechazado ({status})")
	refusedCode = said.New("refused_code", reason.Network,
		"the homeserver refused it ({status} {code})",
		"el servidor Matrix lo ha rechazado ({status} {code})")
	cannotReach = said.New("cannot_reach", reason.Contact,
		"Matrix cannot reach this contact, or the contact takes no invitation from the channel's user",
		"Matrix no puede llegar a este contacto, o el contacto no acepta invitaciones del usuario del canal")
	roomClosed = said.New("room_closed", reason.Contact,
		"the contact's room does not take what the channel's user writes",
		"la sala del contacto no admite lo que escribe el usuario del canal")
	noFileAtServer = said.New("no_file_at_server", reason.Network,
		"the file has no address at the homeserver",
		"el archivo no tiene dirección en el servidor Matrix")
	fileGone = said.New("file_gone", reason.Network,
		"the homeserver no longer has the file",
		"el servidor Matrix ya no tiene el archivo")
	tooLarge = said.New("file_too_large", reason.Agent,
		"the file is larger than 100 MB",
		"el archivo supera los 100 MB")
	untold = said.New("file_size_untold", reason.Agent,
		"the file is larger than 10 MB, and its address does not tell its size",
		"el archivo supera los 10 MB y su dirección no indica el tamaño")
	fileEmpty = said.New("file_empty", reason.Agent,
		"the file is empty",
		"el archivo está vacío")
	otherUser = said.New("other_user", reason.Setup,
		"the homeserver does not let the bridge act as the channel's user: user_prefix names a user of somebody else",
		"el servidor Matrix no deja que la pasarela actúe como el usuario del canal: user_prefix es de otro usuario")
	otherServer = said.New("other_server", reason.Setup,
		"the homeserver takes the channel's user for another: server_name differs from its own",
		"el servidor Matrix toma al usuario del canal por otro: server_name no es el suyo")
	roomNotLookedUp = said.New("room_not_looked_up", reason.Puente,
		"where the contact wrote last cannot be looked up",
		"no se puede consultar dónde escribió el contacto por última vez")
	noUserID = said.New("no_user_id", reason.Agent,
		"a Matrix contact is a user id such as @ana:example.org",
		"un contacto de Matrix es un identificador de usuario como @ana:example.org")
	ownUser = said.New("own_user", reason.Agent,
		"the contact is the channel's own user",
		"el contacto es el propio usuario del canal")
	unknownAttachment = said.New("unknown_attachment", reason.Puente,
		"this version cannot send such an attachment to Matrix",
		"esta versión no puede enviar este tipo de adjunto a Matrix")
	noFileAddress = said.New("no_file_address", reason.Agent,
		"the attachment has no address",
		"el adjunto no tiene dirección")
	unknownContent = said.New("unknown_content", reason.Puente,
		"this version cannot send such a message to Matrix",
		"esta versión no puede enviar este tipo de mensaje a Matrix")
)
