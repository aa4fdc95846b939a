/* "Sync now" under Settings → IGNY8: sends the structure and says what came of it. */
( function () {
	const button = document.getElementById( 'igny8-structure' );
	const said = document.getElementById( 'igny8-structure-said' );
	if ( ! button || ! said ) {
		return;
	}
	button.addEventListener( 'click', async function () {
		button.disabled = true;
		said.textContent = button.dataset.busy;
		try {
			const answer = await fetch( window.ajaxurl, {
				method: 'POST',
				credentials: 'same-origin',
				body: new URLSearchParams( { action: button.dataset.action, _ajax_nonce: button.dataset.nonce } ),
			} );
			const told = await answer.json();
			said.textContent = typeof told.data === 'string' ? told.data : button.dataset.failed;
		} catch {
			said.textContent = button.dataset.failed;
		}
		button.disabled = false;
	} );
} )();
