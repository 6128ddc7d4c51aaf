// @apigrate/autotask-restapi (Node) drives the stand-in; what it got is printed as JSON.
//
// It knows neither this project nor its connector, sends PATCH without an id in the path and
// children below their parents, and needs no switch of the stand-in.

const { AutotaskRestApi } = require("@apigrate/autotask-restapi");

const asked = JSON.parse(process.argv[2]);
const api = new AutotaskRestApi(asked.user, asked.secret, asked.code, {
  base_url: asked.base,
});

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return { status: error.status, errors: error.details.errors };
  }
  return null;
}

async function main() {
  const got = {};
  const order = (
    await api.PurchaseOrders.create({
      vendorID: asked.vendor,
      status: 1,
      shipToName: "Main",
      shipToAddress1: "1 Road",
    })
  ).itemId;
  const line = (
    await api.PurchaseOrderItems.create(order, {
      productID: asked.product,
      inventoryLocationID: 1,
      quantity: 10,
      unitCost: 42.5,
    })
  ).itemId;
  await api.PurchaseOrderItems.update(order, { id: line, quantity: 9 });
  await api.PurchaseOrders.update({ id: order, status: 2 });
  const receipt = await api.PurchaseOrderItemReceiving.create(line, {
    quantityNowReceiving: 4,
    vendorInvoiceNumber: "V-1",
  });
  await api.PurchaseOrders.update({ id: order, externalPONumber: "1044" });
  got.zone = api.zoneInfo.url;
  got.order = (await api.PurchaseOrders.get(order)).item;
  got.receipt = (await api.PurchaseOrderItemReceiving.get(receipt.itemId)).item;
  const mine = { filter: [{ op: "eq", field: "externalPONumber", value: "1044" }] };
  got.found = (await api.PurchaseOrders.query(mine)).items.map((row) => row.id);
  got.count = (await api.PurchaseOrders.count(mine)).queryCount;
  got.statuses = (await api.PurchaseOrders.fieldInfo()).fields
    .find((field) => field.name === "status")
    .picklistValues.map((choice) => choice.label);
  got.missing = await api.Products.get(5);
  got.refused = await refusal(() => api.PurchaseOrders.create({ vendorID: asked.vendor }));
  const toDo = (
    await api.CompanyToDos.create(
      0,
      {
        actionType: 1,
        assignedToResourceID: asked.person,
        startDateTime: "2026-01-15T09:00:00Z",
        endDateTime: "2026-01-15T10:00:00Z",
      },
      { ImpersonationResourceId: asked.person },
    )
  ).itemId;
  got.toDo = (await api.CompanyToDos.get(toDo)).item;
  got.deleted = (await api.CompanyToDos.delete(0, toDo)).itemId === toDo;
  got.gone = await refusal(() => api.CompanyToDos.delete(0, toDo));
  console.log(JSON.stringify(got));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
