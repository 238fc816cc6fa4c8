// The canvas as a PNG with its background, case and handling code, so that a picture passed on says what it is.
export function savePicture(canvas) {
  const { picture, root } = canvas;
  const source = picture.container.querySelector("canvas");
  const copy = document.createElement("canvas");
  const strip = Math.round(source.height * 0.03) + 14;
  copy.width = source.width;
  copy.height = source.height + strip;
  const paint = copy.getContext("2d");
  paint.fillStyle = picture.palette.ground;
  paint.fillRect(0, 0, copy.width, copy.height);
  paint.drawImage(source, 0, 0);
  paint.fillStyle = picture.palette.text;
  paint.font = `${strip * 0.5}px system-ui, sans-serif`;
  const at = new Date().toISOString().slice(0, 16).replace("T", " ");
  paint.fillText(`${root.dataset.mark} · intelligence, not evidence · ${at} UTC`, 12, copy.height - strip * 0.3);
  copy.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    // The file name does not contain the case's name: folders and mail would show it to bystanders.
    link.download = "network.png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
