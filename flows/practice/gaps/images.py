"""Images as AWS copies and shares them: encrypted disks stay so, and another account may copy what it may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami
from moto.ec2.responses import EC2Response
from moto.kms.models import kms_backends

from flows.practice.gaps.keys import amazons
from flows.practice.gaps.wire import Response, answer_ec2, refuse, tags_for

Answer = Callable[[Any], ActionResult]


def _create(original: Answer) -> Answer:
    """The disks of an image are encrypted as those of its machine are; its name is given once."""

    def create_image(self: Response) -> ActionResult:
        backend = self.ec2_backend
        _refuse_twice(backend, self._get_param("Name"))
        answer = original(self)
        machine = backend.get_instance(self._get_param("InstanceId"))
        disks = [backend.get_volume(each.volume_id) for each in machine.block_device_mapping.values()]
        key = next((each.kms_key_id for each in disks if each.encrypted), None)
        _encrypt(backend.amis[answer.result["ImageId"]], key)  # type: ignore[index]
        return answer

    return create_image


def _copy(self: Response) -> ActionResult:
    backend, region = self.ec2_backend, self._get_param("SourceRegion")
    source = _seen(backend, self._get_param("SourceImageId"), region)
    name, key = self._get_param("Name"), self._get_param("KmsKeyId")
    _refuse_twice(backend, name)
    ami_id = f"ami-{_fresh(backend)}"
    image = Ami(backend, ami_id, source_ami=source, name=name, description=self._get_param("Description"))
    image.add_tags(tags_for(self, "image"))
    backend.amis[ami_id] = image
    if not key and (self._get_param("Encrypted") == "true" or source.ebs_snapshot.encrypted):
        key = kms_backends[backend.account_id][backend.region_name].describe_key("alias/aws/ebs").arn
    _encrypt(image, key)
    return ActionResult({"ImageId": ami_id})


def _refuse_twice(backend: Any, name: str) -> None:
    if any(each.name == name and each.owner_id == backend.account_id for each in backend.amis.values()):
        raise refuse("InvalidAMIName.Duplicate", f"AMI name {name} is already in use.")


def _fresh(backend: Any) -> str:
    from moto.ec2.utils import random_ami_id

    return str(random_ami_id()).removeprefix("ami-")


def _seen(backend: Any, image: str, region: str) -> Ami:
    """An image of this account, or one that another shares with it, with its disks."""
    for account, regions in list(ec2_backends.items()):
        found = regions[region].amis.get(image) if region in regions else None
        if found is None:
            continue
        if account != backend.account_id and found.owner_alias != "amazon":
            allowed = {each.get("UserId") for each in found.launch_permissions}
            if backend.account_id not in allowed:
                break
            if backend.account_id not in found.ebs_snapshot.create_volume_permission_userids:
                raise refuse("UnauthorizedOperation", f"You do not have permission to the storage of {image}.")
        return found
    raise refuse("InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist")


def _share(original: Answer) -> Answer:
    def modify_image_attribute(self: Response) -> ActionResult:
        image = self.ec2_backend.amis.get(self._get_param("ImageId"))
        adding = self._get_param("OperationType") == "add"
        if image is None:
            raise refuse("InvalidAMIID.NotFound", f"The image id '[{self._get_param('ImageId')}]' does not exist")
        if adding and image.ebs_snapshot.encrypted and _amazons_key(self.ec2_backend, image):
            raise refuse("InvalidParameter", f"{image.id} has snapshots encrypted with the AWS managed key.")
        return original(self)

    return modify_image_attribute


def _told(original: Answer) -> Answer:
    def describe_image_attribute(self: Response) -> ActionResult:
        if self._get_param("ImageId") not in self.ec2_backend.amis:
            raise refuse("InvalidAMIID.NotFound", f"The image id '[{self._get_param('ImageId')}]' does not exist")
        return original(self)

    return describe_image_attribute


def _amazons_key(backend: Any, image: Ami) -> bool:
    kms = kms_backends[backend.account_id][backend.region_name]
    return amazons(kms.describe_key(kms.get_key_id(image.ebs_snapshot.kms_key_id)))


def _encrypt(image: Ami, key: str | None) -> None:
    if key:
        image.ebs_snapshot.encrypted, image.ebs_snapshot.kms_key_id = True, key


def install() -> None:
    answer_ec2(
        {
            "create_image": _create(EC2Response.create_image),
            "copy_image": _copy,
            "describe_image_attribute": _told(EC2Response.describe_image_attribute),
            "modify_image_attribute": _share(EC2Response.modify_image_attribute),
            "get_allowed_images_settings": lambda _: ActionResult({"State": "disabled", "ImageCriteria": []}),
        }
    )
